"""From where an integration's access key is expected to be used: the networks that AWS accepts its records from."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from onboarding.models.integration import Integration
from onboarding.provisioning.plan_factory import plan_for
from onboarding.provisioning.steps.producer_networks import NETWORKS
from onboarding.provisioning.steps.producer_policy import KIND
from onboarding.spec import integration_spec as specs
from portal.aws.policies.networks import SenderNetworks

_Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class ExpectedNetworks:
    """The networks, and the VPC endpoint that the vendor's sender may come through; both are empty where none is set.

    They are those of the vendor's present setting and those of the policy in AWS, so that no address is unexpected
    while the policies are being updated.
    """

    networks: tuple[SenderNetworks, ...] = ()
    vpc_endpoint_id: str = ""

    @property
    def are_published(self) -> bool:
        """Return whether the vendor published where it sends from."""
        return any(found.public for found in self.networks)

    def has(self, address: _Address, vpc_endpoint_id: str = "") -> bool:
        """Return whether the vendor's sender may come from an address, in a VPC if the endpoint is given."""
        if not vpc_endpoint_id:
            return any(_is_in(address, found.public) for found in self.networks)
        if vpc_endpoint_id != self.vpc_endpoint_id:
            return False
        in_vpc = [found.in_vpc for found in self.networks if found.in_vpc]
        return not in_vpc or any(_is_in(address, ranges) for ranges in in_vpc)


def expected_networks(integration: Integration) -> ExpectedNetworks:
    """Return from where the integration's key is expected to be used. Raises Refused without a connection."""
    plan = plan_for(integration, specs.from_row(integration.spec))
    notes = integration.resources.filter(kind=KIND).values_list("notes", flat=True)
    written = [SenderNetworks(*map(tuple, found[NETWORKS])) for found in notes if found.get(NETWORKS)]
    origin = plan.origin
    return ExpectedNetworks((origin.networks, *written), origin.vpc_endpoint_id)


def address_in(text: str) -> _Address | None:
    """Return the IP address of a text, or None for another, such as the name of an AWS service."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        return None if found.scope_id else found.ipv4_mapped or found
    return found


def _is_in(address: _Address, networks: Iterable[str]) -> bool:
    return any(address in network for network in map(_network, networks) if network.version == address.version)


_network = lru_cache(maxsize=256)(ip_network)
