"""A drawing of a stream's reshards: hash keys from top to bottom, generations from left to right. Pure."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from monitoring.series import shard_number
from monitoring.shards.lineage import Descent

_WIDTH, _ROW, _LEAST_HEIGHT, _GAP, _TEXT_HEIGHT = 1200, 22, 132, 3, 13


def lineage_chart(descents: Sequence[Descent]) -> SafeString:
    """Return a box for each shard: as high as its share of hash keys, from its generation to that of its children.

    An open shard reaches the right edge, coloured by the share of its write limit that it uses.
    """
    generations = 1 + max(descent.generation for descent in descents)
    height = max(_LEAST_HEIGHT, _ROW * sum(descent.shard.is_open for descent in descents))
    born = {descent.shard.shard_id: descent.generation for descent in descents}
    column = _WIDTH / generations
    boxes = format_html_join("", "{}", ((_box(descent, born, generations, column, height),) for descent in descents))
    return format_html(
        '<svg class="lineage" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        _WIDTH,
        height,
        gettext("Shards by hash key and generation. The table below has the same values."),
        boxes,
    )


def _box(descent: Descent, born: dict[str, int], generations: int, column: float, height: int) -> SafeString:
    shard = descent.shard
    ends = generations if shard.is_open else min((born[child] for child in descent.children), default=generations)
    left, width = descent.generation * column, (ends - descent.generation) * column - _GAP
    top, tall = shard.first_share * height, max(1.0, shard.width * height - _GAP)
    label = shard_number(shard.shard_id) if tall >= _TEXT_HEIGHT else ""
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}</title></rect>{}',
        _look(descent),
        f"{left:.1f}",
        f"{top:.1f}",
        f"{width:.1f}",
        f"{tall:.1f}",
        _title(descent),
        format_html('<text x="{}" y="{}">{}</text>', f"{left + 8:.1f}", f"{top + tall / 2 + 4:.1f}", label)
        if label
        else "",
    )


def _look(descent: Descent) -> str:
    shard = descent.shard
    if not shard.is_open:
        return "lineage-closed"
    return "h-none" if shard.usage is None else f"h{min(9, int(shard.usage * 10))}"


def _title(descent: Descent) -> str:
    shard, values = descent.shard, {"shard": descent.shard.shard_id}
    if not shard.is_open:
        return gettext("%(shard)s, closed") % values
    if shard.usage is None:
        return gettext("%(shard)s, open") % values
    return gettext("%(shard)s, open, %(usage)s of the write limit") % {**values, "usage": f"{shard.usage:.0%}"}
