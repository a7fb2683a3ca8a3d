"""The columns of a stream's fields, and the links that sort them. Pure."""

from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from monitoring.pages.board_columns import Column

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
    return tuple(Column(str(label), css, *_link(key, sort, kind)) for key, label, css in _COLUMNS)


def _link(key: str | None, sort: str, kind: str) -> tuple[str, str]:
    if key is None:
        return "", ""
    direction = ("descending" if sort.startswith("-") else "ascending") if sort.removeprefix("-") == key else ""
    descends = key in _DESCENDING_FIRST if not direction else direction == "ascending"
    chosen = {"kind": kind, "sort": ("-" if descends else "") + key}
    return f"?{urlencode({name: value for name, value in chosen.items() if value})}", direction
