"""The columns of a board, and the links that sort it. Pure."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

_COLUMNS = (
    ("", _("Status"), ""),
    ("tenant", _("Tenant"), ""),
    ("stream", _("Stream"), ""),
    ("records", _("Records/s"), "num"),
    (None, _("3 hours"), "board-spark-head"),
    ("usage", _("Limit used"), "num"),
    ("throttled", _("Throttled writes"), "num"),
    ("age", _("Iterator age"), "num"),
    (None, _("Data freshness"), "num"),
    ("last", _("Last record"), "num"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A heading: its label, the address that sorts by it (empty where none does), and its present direction."""

    label: str
    css: str
    url: str
    direction: str


def columns(
    sort: str, descending_first: frozenset[str], *, with_tenant: bool, search: str, state: str
) -> tuple[Column, ...]:
    """Return the headings of a board; the one that it is sorted by leads to the other direction."""
    shown = [column for column in _COLUMNS if with_tenant or column[0] != "tenant"]
    return tuple(
        Column(str(label), css, *_link(key, sort, key in descending_first, search, state)) for key, label, css in shown
    )


def query(*, search: str, state: str, sort: str) -> str:
    """Return the query of a board's address, without what is not set."""
    return urlencode({name: value for name, value in (("q", search), ("state", state), ("sort", sort)) if value})


def _link(key: str | None, sort: str, starts_descending: bool, search: str, state: str) -> tuple[str, str]:
    if key is None:
        return "", ""
    direction = ("descending" if sort.startswith("-") else "ascending") if sort.removeprefix("-") == key else ""
    if not key:  # the worst first, and only so
        return f"?{query(search=search, state=state, sort='')}", direction
    descends = starts_descending if not direction else direction == "ascending"
    return f"?{query(search=search, state=state, sort=('-' if descends else '') + key)}", direction
