"""AWS's Regions and partitions, as botocore's endpoint data has them.

https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
"""

from __future__ import annotations

from functools import lru_cache

import botocore.session
from botocore.exceptions import UnknownRegionError


@lru_cache(maxsize=1)
def _botocore() -> botocore.session.Session:
    return botocore.session.Session()


@lru_cache(maxsize=1)
def partitions() -> tuple[str, ...]:
    """Return the partitions: aws, aws-cn, aws-us-gov …"""
    return tuple(_botocore().get_available_partitions())


@lru_cache(maxsize=64)
def regions_of(partition: str = "aws", service: str = "kinesis") -> tuple[str, ...]:
    """Return the Regions of a partition in which a service has an endpoint, in the order of their names."""
    return tuple(sorted(_botocore().get_available_regions(service, partition_name=partition)))


@lru_cache(maxsize=1)
def every_region() -> frozenset[str]:
    """Return the Regions of all partitions in which Kinesis has an endpoint."""
    return frozenset(region for partition in partitions() for region in regions_of(partition))


def found_partition(region: str) -> str | None:
    """Return the partition of a Region, or None for an impossible Region."""
    try:
        return str(_botocore().get_partition_for_region(region))
    except UnknownRegionError:
        return None
