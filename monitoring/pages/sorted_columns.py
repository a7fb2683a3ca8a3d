"""The headings of a table that is sorted by its columns. Pure."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True, slots=True)
class Column:
    """A heading: its label, the address that sorts by it ("" for none), and its present direction."""

    label: str
    css: str
    url: str
    direction: str


@dataclass(frozen=True, slots=True)
class Sorting:
    """What a table is sorted by: a column's key, with "-" before it if it descends."""

    by: str
    descending_first: Collection[str]
    url: Callable[[str], str]

    def columns(self, named: "Sequence[tuple[str | None, _StrOrPromise, str]]") -> tuple[Column, ...]:
        """Return the headings for (key, label, css); the one that it is sorted by leads to the other direction.

        Without a key a column does not sort; with the key "" it leads to the table's own order.
        """
        return tuple(Column(str(label), css, *self._link(key)) for key, label, css in named)

    def _link(self, key: str | None) -> tuple[str, str]:
        if key is None:
            return "", ""
        direction = self._direction(key)
        if not key:
            return self.url(""), direction
        descends = key in self.descending_first if not direction else direction == "ascending"
        return self.url(("-" if descends else "") + key), direction

    def _direction(self, key: str) -> str:
        if self.by.removeprefix("-") != key:
            return ""
        return "descending" if self.by.startswith("-") else "ascending"
