"""Makes the report of a tenant's last month, once, and sends it to those who want it.

The report and the rows of the outbox are one transaction: a worker that is ended before its commit has done neither,
and the next run does both; one that is ended after it has done both.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from django.urls import reverse
from redis import RedisError

from monitoring.alert_models import AlertSettings
from monitoring.report_model import MonthlyReport
from monitoring.reports.contents import contents_of
from monitoring.reports.month import Month, last_month
from portal import deadlocks, live
from portal.messages.message import Message
from portal.outbox import choices, kinds, outbox
from portal.tenancy import selectors
from portal.tenancy.models import Tenant, User

# CloudWatch's newest hour needs some time; a stream that cannot be read is tried again for two days.
SETTLED, PATIENCE = timedelta(hours=2), timedelta(days=2)
RETRY_SECONDS = 6 * 3600  # each attempt reads the metrics of all streams, for which AWS bills the client


def zone_of(tenant: Tenant) -> str:
    """Return the time zone in which a tenant's months begin."""
    chosen = AlertSettings.objects.filter(tenant=tenant).values_list("report_zone", flat=True).first()
    return chosen or "UTC"


def readers_of(tenant: Tenant) -> list[User]:
    """Return the tenant's people who want the report by any channel."""
    people = list(selectors.people_of(tenant))
    return [person for person in people if choices.wants_any(person, kinds.MONTHLY_REPORT)]


def make_due(tenant: Tenant, *, now: datetime) -> MonthlyReport | None:
    """Make the report of the last month, if it is over for two hours, there is none, and someone wants it.

    While a stream could not be read it is tried every six hours; after two days the report says what is not known.
    """
    month = last_month(now, zone_of(tenant))
    if tenant.is_suspended or now < month.end + SETTLED or not readers_of(tenant):
        return None
    if MonthlyReport.objects.filter(tenant=tenant, month=month.first).exists():
        return None
    is_last = now >= month.end + PATIENCE
    if not is_last and _was_incomplete(tenant, month):
        return None
    contents = contents_of(tenant, month, now=now)
    if is_last or contents["totals"]["known"] == contents["totals"]["streams"]:
        return keep(tenant, month, contents)
    _note_incomplete(tenant, month)
    return None


def _was_incomplete(tenant: Tenant, month: Month) -> bool:
    """Return whether an attempt within the last six hours could not read all streams. Without Redis none did."""
    try:
        return bool(live.connect().exists(_attempt_of(tenant, month)))
    except RedisError:
        return False


def _note_incomplete(tenant: Tenant, month: Month) -> None:
    with suppress(RedisError):
        live.connect().set(_attempt_of(tenant, month), "1", ex=RETRY_SECONDS)


def _attempt_of(tenant: Tenant, month: Month) -> str:
    return f"report:{tenant.pk}:{month.first:%Y-%m}"


@deadlocks.atomic
def keep(tenant: Tenant, month: Month, contents: dict[str, object]) -> MonthlyReport:
    """Store a report and write its notifications; of two workers at once the first counts, for both."""
    fresh = MonthlyReport(tenant=tenant, month=month.first, zone=month.zone, contents=contents)
    MonthlyReport.objects.bulk_create([fresh], ignore_conflicts=True)
    row = MonthlyReport.objects.get(tenant=tenant, month=month.first)
    totals = row.contents["totals"]
    name = f"{month.first:%Y-%m}"
    outbox.write(
        kinds.MONTHLY_REPORT,
        Message(
            "notification.monthly_report",
            month=name,
            tenant=tenant.name,
            stream_count=totals["streams"],
            total_count=totals["records"],
            total_bytes=totals["bytes"],
            known_count=totals["known"],
            alert_count=row.contents["alerts"]["opened"],
        ),
        event=f"report-{tenant.slug}-{name}",
        to=readers_of(tenant),
        tenant=tenant,
        path=reverse("monthly_report", kwargs={"slug": tenant.slug, "month": name}),
    )
    return row
