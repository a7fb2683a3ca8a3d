"""The rules: from figures to a state, the one sentence that matters, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

BUSY = 0.8
SILENCE_SECONDS = 600
LATE_READER_SECONDS = 600
PATIENT_DELIVERY_SECONDS = 900
REFUSED_SHARE = 0.01
UNUSED_CREDENTIAL_SECONDS = 24 * 3600
METRICS_ARRIVE_SECONDS = 300

StateName = Literal["healthy", "attention", "failing", "unknown"]


@dataclass(frozen=True, slots=True)
class DeliveryFigures:
    """What is known of one Firehose stream now; None where AWS gave nothing. `delivered` counts the last 15 minutes."""

    name: str
    title: str
    buffering_seconds: int = 300
    freshness_seconds: float | None = None
    success: float | None = None
    delivered: float | None = None

    @property
    def patience_seconds(self) -> float:
        """Return how old the oldest record may be before the delivery counts as late."""
        return max(PATIENT_DELIVERY_SECONDS, 2 * self.buffering_seconds)

    @property
    def is_late(self) -> bool:
        """Tell whether the oldest record that is not delivered is too old."""
        return self.freshness_seconds is not None and self.freshness_seconds > self.patience_seconds

    @property
    def is_failing(self) -> bool:
        """Tell whether something could not be delivered."""
        return self.success is not None and self.success < 1


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of one stream. None means that AWS gave no figure, which is not zero.

    Rates are per second over the last five minutes with data; `use` is the share (0 to 1) of the binding write limit;
    throttled writes and reads are counts over the last five minutes; ages and times are in seconds.
    """

    records_per_second: float | None = None
    bytes_per_second: float | None = None
    use: float | None = None
    binding_limit: str = ""
    busiest_shard: str = ""
    throttled_writes: float | None = None
    throttled_reads: float | None = None
    iterator_age_seconds: float | None = None
    deliveries: tuple[DeliveryFigures, ...] = ()
    silent_for_seconds: float | None = None
    retention_hours: int = 24
    live_for_seconds: float = 0
    credential_unused_for_seconds: float | None = None
    refusal: str = ""
    refusal_todo: str = ""
    degraded: str = ""
    degraded_todo: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state with its sentence and the advice that goes with it."""

    state: StateName
    sentence: str
    advice: str = ""


Rule = Callable[[Figures], Verdict | None]


def judge(figures: Figures) -> Verdict:
    """Return the verdict of the first rule that applies; the rules stand worst first."""
    for rule in _RULES:
        if (verdict := rule(figures)) is not None:
            return verdict
    return _all_well(figures)


def duration(seconds: float) -> str:
    """Return a time as people say it: "45 s", "12 minutes", "4 hours", "3 days"."""
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 10 or seconds == 0 else f"{seconds:.1f} s"
    for size, word in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size or word == "minutes":
            return f"{seconds / size:.0f} {word}"
    return f"{seconds:.0f} s"


def rate(per_second: float) -> str:
    """Return a rate as people read it: more digits for small ones."""
    if per_second >= 10 or per_second == 0:
        return f"{per_second:,.0f}"
    return f"{per_second:.1f}" if per_second >= 0.1 else f"{per_second:.2f}"


def percent(share: float) -> str:
    """Return a share (0 to 1) in per cent, without the sign: one digit more below ten."""
    if 0 < share < 0.001:
        return "<0.1"
    return f"{100 * share:.0f}" if share >= 0.0995 or share == 0 else f"{100 * share:.1f}"


def _connection_degraded(figures: Figures) -> Verdict | None:
    if not figures.degraded:
        return None
    todo = f"{figures.degraded_todo} The connection’s page shows what changed."
    return Verdict("failing", f"The connection to the AWS account is degraded: {figures.degraded}", todo)


def _connection_refused(figures: Figures) -> Verdict | None:
    if not figures.refusal:
        return None
    return Verdict("failing", f"Sluice may not look at this stream: {figures.refusal}", figures.refusal_todo)


def _delivery_fails(figures: Figures) -> Verdict | None:
    failing = [one for one in figures.deliveries if one.is_failing]
    if not failing:
        return None
    worst = min(failing, key=lambda one: one.success or 0)
    more = f" So do {len(failing) - 1} more." if len(failing) > 1 else ""
    reason = (
        "most often the bucket's policy, or the key that encrypts it, changed."
        if worst.title == "S3"
        else "most often the destination cannot be reached, or its secret or its rights changed."
    )
    return Verdict(
        "failing",
        f"Firehose {worst.name} could deliver only {worst.success:.0%} of what it tried to {worst.title}.{more}",
        "Firehose tries again for a while, then puts the records into its bucket under the error prefix. Its log group "
        f"/aws/kinesisfirehose/{worst.name} in CloudWatch names the reason: {reason}",
    )


def _writes_refused(figures: Figures) -> Verdict | None:
    if not figures.throttled_writes:
        return None
    written = (figures.records_per_second or 0) * 300
    much = figures.throttled_writes > REFUSED_SHARE * written
    where = f" The busiest is {figures.busiest_shard}." if figures.busiest_shard else ""
    return Verdict(
        "failing" if much else "attention",
        f"Kinesis refused {figures.throttled_writes:,.0f} records in the last five minutes, because a shard was full.",
        f"The producer sends them again, so they arrive late, not never.{where} If one shard is much busier than the "
        "others, spread the partition key; if all are busy, add shards.",
    )


def _silent(figures: Figures) -> Verdict | None:
    if figures.silent_for_seconds is None or figures.silent_for_seconds < SILENCE_SECONDS:
        return None
    return Verdict(
        "failing",
        f"No record has arrived for {duration(figures.silent_for_seconds)}.",
        "The stream itself is there and takes records. Ask the vendor whether the sensors send; then look whether the "
        "credential was revoked or replaced.",
    )


def _reader_far_behind(figures: Figures) -> Verdict | None:
    age = figures.iterator_age_seconds
    if age is None or age < LATE_READER_SECONDS:
        return None
    kept = figures.retention_hours * 3600
    if age > kept / 2:
        return Verdict(
            "failing",
            f"The slowest reader is {duration(age)} behind; after {figures.retention_hours} hours records are gone.",
            "Start the consumer again or give it more capacity, and raise the retention period until it has caught up.",
        )
    return Verdict(
        "attention",
        f"The slowest reader is {duration(age)} behind.",
        "Records are kept, so nothing is lost yet. Look whether the consumer runs and whether it keeps up.",
    )


def _busy(figures: Figures) -> Verdict | None:
    if figures.use is None or figures.use <= BUSY:
        return None
    who = figures.busiest_shard or "The stream"
    return Verdict(
        "attention",
        f"{who} uses {figures.use:.0%} of its write limit ({figures.binding_limit}).",
        "At 100 % Kinesis begins to refuse records. If the other shards have room, spread the partition key; "
        "if they have not, add shards.",
    )


def _delivery_late(figures: Figures) -> Verdict | None:
    late = [one for one in figures.deliveries if one.is_late]
    if not late:
        return None
    worst = max(late, key=lambda one: one.freshness_seconds or 0)
    return Verdict(
        "attention",
        f"The oldest record that Firehose {worst.name} has not delivered to {worst.title} is "
        f"{duration(worst.freshness_seconds or 0)} old.",
        "Firehose is behind. Its log group in CloudWatch says whether the destination refuses it; if not, wait one "
        "more buffering interval.",
    )


def _reads_refused(figures: Figures) -> Verdict | None:
    if not figures.throttled_reads:
        return None
    return Verdict(
        "attention",
        f"Kinesis refused {figures.throttled_reads:,.0f} reads in the last five minutes.",
        "All consumers of a shard share 5 calls and 2 MB a second. Use enhanced fan-out for one of them, or let them "
        "ask less often. Sluice itself takes 1 call a second while somebody watches, and fewer when reads are refused.",
    )


def _never_used(figures: Figures) -> Verdict | None:
    unused = figures.credential_unused_for_seconds
    if unused is None or _has_data(figures):
        return None
    if unused > UNUSED_CREDENTIAL_SECONDS:
        return Verdict(
            "attention",
            f"The credential has been ready for {duration(unused)} and was never used.",
            "Look on the credentials page whether the vendor has fetched its copy, and ask it to begin sending.",
        )
    return Verdict(
        "unknown",
        "The stream is ready and waits for its first record.",
        "The vendor's copy of the credential is ready. Figures appear two to three minutes after the first record.",
    )


def _nothing_yet(figures: Figures) -> Verdict | None:
    if _has_data(figures):
        return None
    if figures.live_for_seconds < METRICS_ARRIVE_SECONDS:
        advice = "CloudWatch publishes them about two minutes after the first record; this page shows them by itself."
    else:
        advice = "CloudWatch has figures only once records arrive. Ask the vendor whether the sensors send."
    return Verdict("unknown", "There are no figures for this stream yet.", advice)


def _all_well(figures: Figures) -> Verdict:
    used = f", {percent(figures.use)}% of the write limit" if figures.use is not None else ""
    return Verdict("healthy", f"{rate(figures.records_per_second or 0)} records/s arrive{used}.")


def _has_data(figures: Figures) -> bool:
    return figures.records_per_second is not None or figures.silent_for_seconds is not None


_RULES: tuple[Rule, ...] = (
    _connection_degraded,
    _connection_refused,
    _delivery_fails,
    _silent,
    _writes_refused,
    _reader_far_behind,
    _busy,
    _delivery_late,
    _reads_refused,
    _never_used,
    _nothing_yet,
)
