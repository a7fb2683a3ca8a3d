"""Filter and columns of a live page, as its address has them: stored for the tap, or refused with the reason."""

from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlencode

from redis import RedisError

from monitoring.filters.grammar import parse
from monitoring.filters.tokens import MAX_CHARACTERS, FilterRefused
from monitoring.records.access import Audience
from monitoring.records.columns import Columns, columns_of
from monitoring.records.selection import MOST_SELECTIONS, Selection, is_too_many, remember
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class LiveFilter:
    """What was typed; the selection and its key; or the problem of the filter, in which case no records are shown.

    `is_too_many`: nothing is wrong with the filter, but as many others as can be are in use.
    """

    typed: str = ""
    columns: Columns = field(default_factory=Columns)
    selection: Selection = field(default_factory=Selection)
    key: str = ""
    problem: Message | None = None
    is_too_many: bool = False

    @property
    def is_refused(self) -> bool:
        """Return whether no record is shown."""
        return self.problem is not None or self.columns.problem is not None

    @property
    def is_filtered(self) -> bool:
        """Return whether a filter is applied; with columns alone, all records are shown."""
        return bool(self.key and self.selection.wanted)

    @property
    def query(self) -> str:
        """Return what an address has of it, without what is not set."""
        named = {"filter": self.typed, "columns": self.columns.typed}
        return urlencode({name: value for name, value in named.items() if value})

    @property
    def full_query(self) -> str:
        """Return what an address has of it, also what is not set: so that no default is used in its place."""
        return urlencode({"filter": self.typed, "columns": self.columns.typed})


def checked_selection(typed: str, columns: str, audience: Audience, allowed: Collection[str]) -> Selection | Message:
    """Return the filter and columns that were typed, or what is wrong with them; `allowed` as `live_filter` has it."""
    found, chosen = typed.strip()[: MAX_CHARACTERS + 1], columns_of(columns)
    problem = _problem(found, audience, allowed) or chosen.problem
    return Selection(found, chosen.text) if problem is None else problem


def live_filter(uid: str, typed: str, audience: Audience, allowed: Collection[str], *, columns: str = "") -> LiveFilter:
    """Return the filter and columns that were typed for a stream's live records, stored for its tap.

    `allowed` are the fields that someone sees who sees records masked, who can filter by no others.
    """
    typed, chosen = typed.strip()[: MAX_CHARACTERS + 1], columns_of(columns)
    problem = _problem(typed, audience, allowed)
    if problem is not None or chosen.problem is not None:
        return LiveFilter(typed, chosen, problem=problem)
    selection = Selection(typed, chosen.text)
    key = selection.key(uid)
    if not key:
        return LiveFilter(typed, chosen)
    try:
        if is_too_many(uid, key):
            problem = Message("filter.too_many_in_use", most=MOST_SELECTIONS)
            return LiveFilter(typed, chosen, selection, problem=problem, is_too_many=True)
        remember(uid, selection)
    except RedisError:
        return LiveFilter(typed, chosen, selection, problem=Message("filter.no_redis"))
    return LiveFilter(typed, chosen, selection, key)


def _problem(typed: str, audience: Audience, allowed: Collection[str]) -> Message | None:
    try:
        parse(typed)
    except FilterRefused as refused:
        return Message("filter.mistake", number=refused.at + 1, problem=refused.message)
    is_free = audience is Audience.CLEAR or Selection(typed).is_allowed(allowed)
    return None if is_free else Message("filter.masked")
