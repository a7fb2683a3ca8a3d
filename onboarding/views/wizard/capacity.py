"""What a capacity mode carries, in words. Limits: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.aws.shard_counts import MOST_SHARDS, RECORDS_PER_SHARD
from portal.numbers import whole

_ON_DEMAND = gettext_lazy(
    "Starts with 4 MB/s and 4,000 records/s in, 8 MB/s out. Scales up to twice the peak of the last 30 days."
)


def carries(mode: object, shards: object) -> str:
    """Return what so many shards take in and give out each second; `shards` as typed, in decimal digits."""
    if mode == "ON_DEMAND":
        return str(_ON_DEMAND)
    count = whole(str(shards or "").strip())
    if count is None or not 1 <= count <= MOST_SHARDS:
        return _("Enter a number of shards to see their capacity.")
    supported = ngettext(
        "One shard supports %(written)s MB/s and %(records)s records/s in, %(read)s MB/s out.",
        "%(written)s shards support %(written)s MB/s and %(records)s records/s in, %(read)s MB/s out.",
        count,
    )
    limits = {"written": f"{count:,}", "records": f"{count * RECORDS_PER_SHARD:,}", "read": f"{2 * count:,}"}
    return supported % limits
