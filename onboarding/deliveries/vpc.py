"""A destination that stands in a VPC: the subnets and security groups of the network interfaces that Firehose makes.

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

_SUBNET = re.compile(r"subnet-[0-9a-f]{8}(?:[0-9a-f]{9})?")
_GROUP = re.compile(r"sg-[0-9a-f]{8}(?:[0-9a-f]{9})?")
MOST_SUBNETS, MOST_GROUPS = 16, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcAccess:
    """Subnet and security group ids."""

    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield what AWS would refuse."""
        for path, ids, pattern, most, words in (
            ("subnet_ids", self.subnet_ids, _SUBNET, MOST_SUBNETS, "subnets, such as subnet-0a1b2c3d"),
            (
                "security_group_ids",
                self.security_group_ids,
                _GROUP,
                MOST_GROUPS,
                "groups, such as sg-0a1b2c3d",
            ),
        ):
            if not 1 <= len(ids) <= most or not all(pattern.fullmatch(one) for one in ids):
                yield f"destination.vpc.{path}", f"Give the ids of 1 to {most} {words}."

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
        subnets = [f"{start}:subnet/{one}" for one in self.subnet_ids]
        groups = [f"{start}:security-group/{one}" for one in self.security_group_ids]
        return network_interfaces(f"{start}:network-interface/*", [*subnets, *groups])
