"""The columns of a board, and the links that sort it. Pure."""

from django.utils.translation import gettext_lazy as _

from monitoring.pages.board_address import BoardAddress
from monitoring.pages.sorted_columns import Column, Sorting

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


def columns(address: BoardAddress, descending_first: frozenset[str], *, with_tenant: bool) -> tuple[Column, ...]:
    """Return the headings of a board; the one that it is sorted by leads to the other direction."""
    shown = [column for column in _COLUMNS if with_tenant or column[0] != "tenant"]
    return Sorting(address.sort, descending_first, lambda by: f"?{address.query(sort=by)}").columns(shown)
