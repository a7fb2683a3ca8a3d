"""The columns of a board, and the links that sort it. Pure."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from monitoring.pages.board_address import BoardAddress

_COLUMNS = (
    ("", _("Status"), ""),
    ("tenant", _("Tenant"), ""),
    ("stream", _("Stream"), ""),
    ("alerts", _("Alerts"), "num"),
    ("records", _("Records/s"), "num"),
    ("peak", _("3 hours"), "board-spark-head"),
    ("usage", _("Limit used, peak"), "num"),
    ("throttled", _("Throttled writes"), "num"),
    ("age", _("Iterator age"), "num"),
    ("freshness", _("Data freshness"), "num"),
    ("data", _("Data age"), "num"),
    ("key", _("Key age"), "num"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A heading: its label, the address that sorts by it, and its present direction."""

    label: str
    css: str
    url: str
    direction: str


def columns(address: BoardAddress, descending_first: frozenset[str], *, with_tenant: bool) -> tuple[Column, ...]:
    """Return the headings of a board; the one that it is sorted by leads to the other direction."""
    shown = [column for column in _COLUMNS if with_tenant or column[0] != "tenant"]
    return tuple(
        Column(str(label), css, *_link(key, address, starts_descending=key in descending_first))
        for key, label, css in shown
    )


def _link(key: str, address: BoardAddress, *, starts_descending: bool) -> tuple[str, str]:
    sort = address.sort
    direction = ("descending" if sort.startswith("-") else "ascending") if sort.removeprefix("-") == key else ""
    if not key:  # the worst first, and only so
        return f"?{address.query(sort='')}", direction
    descends = starts_descending if not direction else direction == "ascending"
    return f"?{address.query(sort=('-' if descends else '') + key)}", direction
