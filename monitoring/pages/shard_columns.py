"""The columns of a stream's shards, and the links that sort them. Pure."""

from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from monitoring.pages.sorted_columns import Column, Sorting

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

    def url(by: str) -> str:
        chosen = {"state": state, "sort": by}
        return f"?{urlencode({name: value for name, value in chosen.items() if value})}"

    return Sorting(sort, _DESCENDING_FIRST, url).columns(_COLUMNS)
