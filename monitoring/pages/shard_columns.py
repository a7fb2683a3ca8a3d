"""The columns of a stream's shards, and the links that sort them. Pure."""

from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from monitoring.pages.board_columns import Column

_COLUMNS = (
    ("shard", _("Shard"), ""),
    (None, _("State"), ""),
    ("keys", _("Hash keys"), "num"),
    ("share", _("Share"), "num"),
    ("usage", _("Limit used"), "num"),
    (None, _("Parents"), ""),
    (None, _("Children"), ""),
)
_DESCENDING_FIRST = frozenset({"share", "usage"})


def shard_columns(sort: str, state: str) -> tuple[Column, ...]:
    """Return the headings; the one that the table is sorted by leads to the other direction."""
    return tuple(Column(str(label), css, *_link(key, sort, state)) for key, label, css in _COLUMNS)


def _link(key: str | None, sort: str, state: str) -> tuple[str, str]:
    if key is None:
        return "", ""
    direction = ("descending" if sort.startswith("-") else "ascending") if sort.removeprefix("-") == key else ""
    descends = key in _DESCENDING_FIRST if not direction else direction == "ascending"
    chosen = {"state": state, "sort": ("-" if descends else "") + key}
    return f"?{urlencode({name: value for name, value in chosen.items() if value})}", direction
