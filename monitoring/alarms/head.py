"""What every file with alarms says of itself: where it is from, what it costs, what it leaves out."""

from monitoring.alarms.contents import Contents
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message
from portal.numbers import in_fours


def about(contents: Contents) -> list[str]:
    """Return the lines of a file's head, without the signs of a comment."""
    day = f"{contents.exported_at:%Y-%m-%d}"
    made = Message("alarm.made_of", account=in_fours(contents.account_id), region=contents.region, day=day)
    lines = [made, Message("alarm.thresholds_of"), cost_of(contents), *contents.notes]
    return [explanation_of(line) for line in lines]


def cost_of(contents: Contents) -> Message:
    """Return what the alarms and dashboards of a file cost in a month."""
    counts = {"metric_count": contents.alarm_metrics, "dashboard_count": len(contents.dashboards)}
    return Message("alarm.costs", price=f"{contents.usd_a_month:.2f}", **counts)


def comment(contents: Contents) -> str:
    """Return the head as lines that begin with #."""
    return "".join(f"# {line}\n" for line in about(contents))
