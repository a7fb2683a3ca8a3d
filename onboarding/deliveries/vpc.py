"""A destination in a VPC: the subnets and security groups of the network interfaces that Firehose creates.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_VpcConfiguration.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onboarding.deliveries.destination import Place
from portal.aws.policies.destinations import network_interfaces
from portal.aws.policies.statements import Statement
from portal.messages.message import Message

_SUBNET = re.compile(r"subnet-[0-9a-f]{8}(?:[0-9a-f]{9})?")
_GROUP = re.compile(r"sg-[0-9a-f]{8}(?:[0-9a-f]{9})?")
MOST_SUBNETS, MOST_GROUPS = 16, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcAccess:
    """Subnet and security group IDs."""

    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]

    def problems(self) -> Iterator[tuple[str, Message]]:
        """Yield what AWS would refuse."""
        if not _are_ids(self.subnet_ids, _SUBNET, MOST_SUBNETS):
            yield "destination.vpc.subnet_ids", Message("delivery.subnets", limit=MOST_SUBNETS)
        if not _are_ids(self.security_group_ids, _GROUP, MOST_GROUPS):
            yield "destination.vpc.security_group_ids", Message("delivery.security_groups", limit=MOST_GROUPS)

    def configuration(self, place: Place) -> dict[str, Any]:
        """Return VpcConfiguration."""
        return {
            "SubnetIds": list(self.subnet_ids),
            "RoleARN": place.role_arn,
            "SecurityGroupIds": list(self.security_group_ids),
        }

    def statements(self, place: Place) -> list[Statement]:
        """Return the statements for network interfaces in these subnets, with these security groups."""
        start = f"arn:{place.partition}:ec2:{place.region}:{place.account_id}"
        subnets = [f"{start}:subnet/{subnet}" for subnet in self.subnet_ids]
        groups = [f"{start}:security-group/{group}" for group in self.security_group_ids]
        return network_interfaces(f"{start}:network-interface/*", [*subnets, *groups])


def _are_ids(ids: tuple[str, ...], pattern: re.Pattern[str], limit: int) -> bool:
    return 1 <= len(ids) <= limit and all(pattern.fullmatch(text) for text in ids)
