"""The filters by which a tap searches the records of its streams, by the keys of their selections. Pure: no clock."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from monitoring.tap.decoder_batch import FoundRows
from monitoring.tap.row_budget import RowBudget

_AGAIN = "/"


def lane_of(uid: str, key: str) -> str:
    """Return the name of the lane in which a stream's latest records wait for a filter that is new."""
    return f"{uid}{_AGAIN}{key}"


def stream_of(lane: str) -> tuple[str, str]:
    """Return the stream of a lane and the key of its one filter, "" where it is for all of them."""
    uid, _, key = lane.partition(_AGAIN)
    return uid, key


@dataclass(slots=True)
class Searches:
    """The filters of each stream; a filter's rows have the budget that those of a page without one have."""

    _filters: dict[str, dict[str, str]] = field(default_factory=dict)
    _budgets: dict[tuple[str, str], RowBudget] = field(default_factory=dict)

    def begin(self, uid: str, filters: Mapping[str, str]) -> list[str]:
        """Search a stream by these filters alone; return the keys of those that are new."""
        before, self._filters[uid] = self._filters.get(uid, {}), dict(filters)
        for key in before.keys() - filters.keys():
            self._budgets.pop((uid, key), None)
        return [key for key in filters if key not in before]

    def keys(self, uid: str) -> Set[str]:
        """Return the keys of a stream's filters."""
        return self._filters.get(uid, {}).keys()

    def of(self, uid: str, key: str = "") -> Mapping[str, str]:
        """Return the filters of a stream by their keys, or the one with this key."""
        filters = self._filters.get(uid, {})
        return {name: text for name, text in filters.items() if key in {"", name}}

    def budgets(self, uid: str, filters: Mapping[str, str]) -> list[RowBudget]:
        """Return how many rows of each of the filters are left of this second."""
        return [self._budgets.setdefault((uid, key), RowBudget()) for key in filters]

    def spend(self, uid: str, found: Mapping[str, FoundRows]) -> None:
        """Count rows that were returned."""
        for key, searched in found.items():
            if budget := self._budgets.get((uid, key)):
                budget.spend(len(searched.rows))

    def forget(self, uid: str) -> None:
        """Search a stream by no filter."""
        self.begin(uid, {})
        del self._filters[uid]
