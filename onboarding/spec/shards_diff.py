"""What another capacity mode or shard count means: how AWS gets there, and what its daily limits leave."""

from onboarding.spec.change import Change, Verb, joined, text
from onboarding.spec.daily_usage import MAX_MODE_SWITCHES, MAX_SHARD_CHANGES, DailyUsage
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.shard_counts import shard_counts
from portal.messages.message import Message


def of_mode(was: StreamSpec, now: StreamSpec, usage: DailyUsage) -> Change:
    """Return the change of the capacity mode: refused where the daily limit is used up."""
    path, label, values = "stream.mode", Message("setting.capacity_mode"), (capacity_mode(was), capacity_mode(now))
    left = MAX_MODE_SWITCHES - usage.mode_switches - 1
    if left < 0:
        refusal = Message(
            "change.mode_switches_used",
            limit=MAX_MODE_SWITCHES,
            used=usage.mode_switches,
            possible_at=usage.next_mode_switch,
        )
        return Change(path, label, *values, Verb.REFUSE, refusal)
    if now.mode == "ON_DEMAND":
        effect = Message("change.to_on_demand")
    else:
        effect = Message("change.to_provisioned", shards=now.shards or 0)
    remaining = Message("change.mode_switches_left", limit=MAX_MODE_SWITCHES, left=left)
    return Change(path, label, *values, Verb.UPDATE, joined(effect, remaining))


def capacity_mode(stream: StreamSpec) -> Message:
    """Return a stream's capacity mode, with its shards where it is provisioned."""
    found = capacity(stream)
    return Message("value.provisioned", shards=found) if stream.shards else found


def capacity(stream: StreamSpec) -> Message:
    """Return a stream's number of shards, or that it is on-demand."""
    return Message("value.shards", shard_count=stream.shards) if stream.shards else Message("value.on_demand")


def of_shards(was: int, now: int, usage: DailyUsage) -> Change:
    """Return the change of the shard count: refused where it takes more changes than the daily limit leaves."""
    label, counts, values = Message("setting.shards"), shard_counts(was, now), (text(was), text(now))
    left = MAX_SHARD_CHANGES - usage.shard_changes
    if len(counts) > left:
        needed = Message("change.too_many_shard_changes", was=was, now=now, needed=len(counts))
        refusal = joined(needed, *_limits(usage), _possible(counts, left, usage))
        return Change("stream.shards", label, *values, Verb.REFUSE, refusal)
    last = counts[-2] if len(counts) > 1 else was
    effect = joined(_way(counts), *_limits(usage), Message("change.shards_while_updating"), *_advice(last, now))
    return Change("stream.shards", label, *values, Verb.UPDATE, effect)


def _way(counts: list[int]) -> Message:
    if len(counts) == 1:
        return Message("change.shards_in_one_change")
    return Message("change.shards_in_changes", needed=len(counts), counts=[str(count) for count in counts])


def _limits(usage: DailyUsage) -> list[Message]:
    limit = Message("change.shard_limit", limit=MAX_SHARD_CHANGES)
    return [limit, Message("change.shard_changes_used", used=usage.shard_changes)] if usage.shard_changes else [limit]


def _possible(counts: list[int], left: int, usage: DailyUsage) -> Message:
    if left > 0:
        return Message("change.shards_possible_now", count=counts[left - 1])
    return Message("change.shards_possible_later", possible_at=usage.next_shard_change)


def _advice(last: int, now: int) -> list[Message]:
    # AWS is faster where the count becomes a multiple of 25 % of the one before.
    if now * 4 % last == 0:
        return []
    quarter = now * 4 // last
    near = [count // 4 for count in (quarter * last, (quarter + 1) * last) if count % 4 == 0 and count // 4 <= last * 2]
    if not near:
        return [Message("change.shards_faster")]
    return [Message("change.shards_faster"), Message("change.faster_counts", counts=[str(count) for count in near])]
