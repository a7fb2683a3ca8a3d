"""Hot shards and hot keys, on the page of a stream: for the tenant's people with the keys, for staff by rank only."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.decode.characters import safe_text
from monitoring.hot_keys.hash_keys import hash_key_of
from monitoring.hot_keys.report import Report
from monitoring.hot_keys.verdict import HOT_KEY_SHARE, KeyLoad, Kind, Verdict, verdicts
from monitoring.records.access import Audience
from monitoring.series import shard_number
from portal.messages.formats import percent, rate, size

KEYS_SHOWN = 3
LABELS = {
    Kind.CALM: gettext_lazy("Even"),
    Kind.TOO_FEW: gettext_lazy("Too few records"),
    Kind.HOT_KEY: gettext_lazy("Hot key"),
    Kind.HOT_RANGE: gettext_lazy("Hot shard"),
    Kind.UNDECIDED: gettext_lazy("Not decided"),
    Kind.FULL: gettext_lazy("Stream full"),
}


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A heavy key: its name or rank, and the least and most share of its shard."""

    name: str
    is_masked: bool
    least: str
    most: str
    is_exact: bool
    is_hot: bool
    is_elsewhere: bool

    @property
    def bounds(self) -> str:
        """Return the share in words: exact, or the least and the most that it can be."""
        if self.is_exact or self.least == self.most:
            return self.least
        return _("at least %(least)s, at most %(most)s") % {"least": self.least, "most": self.most}


@dataclass(frozen=True, slots=True)
class HotShardRow:
    """A shard with its verdict and heaviest keys; `split_command` and shares are set where splitting helps."""

    shard_id: str
    number: str
    kind: Kind
    state: str
    label: str
    is_busy: bool
    records: int
    records_per_second: str
    bytes_per_second: str
    mean: str
    peak: str
    stream_share: str
    range_share: str
    by: str
    keys: tuple[KeyRow, ...]
    split_command: str = ""
    split_below: str = ""
    split_above: str = ""
    split_drawn: int = 0

    @property
    def hot_key(self) -> KeyRow | None:
        """Return the key that carries the shard."""
        return next((key for key in self.keys if key.is_hot), None)


@dataclass(frozen=True, slots=True)
class HotKeysPanel:
    """All that the page shows: the shards, those among them that need attention, and what the counts are based on."""

    rows: tuple[HotShardRow, ...]
    records: int
    since: datetime
    until: datetime
    omitted: int
    uncounted: int
    is_on_demand: bool
    double_shards: int
    stream_name: str

    @property
    def notable(self) -> list[HotShardRow]:
        """Return the shards with a verdict that says something, at most three."""
        return [row for row in self.rows if row.kind is not Kind.CALM][:3]


def hot_keys_panel(report: Report | None, audience: Audience) -> HotKeysPanel | None:
    """Return the panel as the audience sees it, or None when nothing was counted."""
    if report is None:
        return None
    return HotKeysPanel(
        rows=tuple(_row(verdict, report, audience) for verdict in verdicts(report)),
        records=report.records,
        since=report.since,
        until=report.until,
        omitted=max(0, report.shard_count - len(report.shards)),
        uncounted=report.uncounted,
        is_on_demand=report.is_on_demand,
        double_shards=2 * report.shard_count,
        stream_name=report.stream_name,
    )


def _row(found: Verdict, report: Report, audience: Audience) -> HotShardRow:
    shard, split = found.shard, found.split
    command = below = above = ""
    if split is not None and not report.is_on_demand:
        command = (
            f"aws kinesis split-shard --stream-name {report.stream_name} --shard-to-split {shard.shard_id} "
            f"--new-starting-hash-key {split.new_starting_hash_key}"
        )
        below, above = percent(split.share_below), percent(1 - split.share_below)
    return HotShardRow(
        shard_id=shard.shard_id,
        number=shard_number(shard.shard_id),
        kind=found.kind,
        state=_state(found),
        label=str(LABELS[found.kind]),
        is_busy=found.is_busy,
        records=shard.records,
        records_per_second=rate(shard.records / report.seconds),
        bytes_per_second=size(shard.bytes / report.seconds),
        mean=percent(found.mean_share),
        peak=percent(found.peak_share),
        stream_share=percent(found.stream_share),
        range_share="" if found.range_share is None else percent(found.range_share),
        by=_("bytes") if found.is_by_bytes else _("records"),
        keys=tuple(_key_row(load, rank, found, audience) for rank, load in enumerate(found.keys[:KEYS_SHOWN], 1)),
        split_command=command,
        split_below=below,
        split_above=above,
        split_drawn=split.drawn if split else 0,
    )


def _state(found: Verdict) -> str:
    if found.kind is Kind.CALM:
        return "healthy"
    if found.kind in {Kind.TOO_FEW, Kind.UNDECIDED}:
        return "unknown"
    return "attention" if found.is_busy else "info"


def _key_row(load: KeyLoad, rank: int, found: Verdict, audience: Audience) -> KeyRow:
    # Anyone not known to see records in the clear sees the rank.
    is_masked = audience is not Audience.CLEAR
    hash_keys = found.shard.hash_keys
    return KeyRow(
        name=_("Key %(rank)s") % {"rank": rank} if is_masked else safe_text(load.key.key),
        is_masked=is_masked,
        least=percent(load.least),
        most=percent(load.most),
        is_exact=load.least == load.most,
        is_hot=found.kind is Kind.HOT_KEY and load.least >= HOT_KEY_SHARE,
        is_elsewhere=hash_keys is not None and not hash_keys[0] <= hash_key_of(load.key.key) <= hash_keys[1],
    )
