"""The filter of a live page, as its address has it: accepted and stored for the tap, or refused with the reason."""

from collections.abc import Collection
from dataclasses import dataclass, field

from redis import RedisError

from monitoring.filters.grammar import parse
from monitoring.filters.tokens import MAX_CHARACTERS, FilterRefused
from monitoring.records.access import Audience
from monitoring.records.selection import MOST_SELECTIONS, Selection, is_too_many, remember
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class LiveFilter:
    """What was typed; the selection and its key; or the problem, in which case no records are shown.

    `is_too_many`: nothing is wrong with the filter, but as many others as can be are in use.
    """

    typed: str = ""
    selection: Selection = field(default_factory=Selection)
    key: str = ""
    problem: Message | None = None
    is_too_many: bool = False

    @property
    def is_refused(self) -> bool:
        """Return whether no record is shown."""
        return self.problem is not None or self.is_too_many


def live_filter(uid: str, typed: str, audience: Audience, allowed: Collection[str]) -> LiveFilter:
    """Return the filter that was typed for a stream's live records, stored for its tap.

    `allowed` are the fields that someone sees who sees records masked, who can use no others.
    """
    typed = typed.strip()[: MAX_CHARACTERS + 1]
    try:
        if parse(typed) is None:
            return LiveFilter(typed)
    except FilterRefused as refused:
        problem = Message("filter.mistake", number=refused.at + 1, problem=refused.message)
        return LiveFilter(typed, problem=problem)
    selection = Selection(typed)
    if audience is Audience.MASKED and not selection.is_allowed(allowed):
        return LiveFilter(typed, problem=Message("filter.masked"))
    key = selection.key(uid)
    try:
        if is_too_many(uid, key):
            problem = Message("filter.too_many_in_use", most=MOST_SELECTIONS)
            return LiveFilter(typed, selection, problem=problem, is_too_many=True)
        remember(uid, selection)
    except RedisError:
        return LiveFilter(typed, selection, problem=Message("filter.no_redis"))
    return LiveFilter(typed, selection, key)
