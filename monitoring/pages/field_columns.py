"""The columns of a stream's fields, and the links that sort them. Pure."""

from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from monitoring.pages.sorted_columns import Column, Sorting

_COLUMNS = (
    ("field", _("Field"), ""),
    (None, _("Types"), ""),
    ("share", _("Share of records"), ""),
    ("first", _("First seen (UTC)"), "num"),
    ("last", _("Last seen (UTC)"), "num"),
)
_DESCENDING_FIRST = frozenset({"share", "first", "last"})


def field_columns(sort: str, kind: str) -> tuple[Column, ...]:
    """Return the headings; the one that the table is sorted by leads to the other direction."""

    def url(by: str) -> str:
        chosen = {"kind": kind, "sort": by}
        return f"?{urlencode({name: value for name, value in chosen.items() if value})}"

    return Sorting(sort, _DESCENDING_FIRST, url).columns(_COLUMNS)
