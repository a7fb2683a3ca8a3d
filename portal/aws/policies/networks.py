"""From where a producer may put records: the networks of the vendor, and the VPC endpoint.

AWS tells a request's address in one of two keys. `aws:SourceIp` is the public address, and is absent where the request
came through a VPC endpoint; then `aws:VpcSourceIp` is the address in the VPC. An absent key meets no condition of an
Allow statement, so a producer that may come either way needs a statement for each.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpcsourceip
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.aws.policies.statements import Statement, statements_of

_ADDRESSES = ("aws:SourceIp", "aws:VpcSourceIp")


@dataclass(frozen=True, slots=True)
class SenderNetworks:
    """The networks that the vendor's sender comes from: over the internet, and in the VPC of an endpoint."""

    public: tuple[str, ...] = ()
    in_vpc: tuple[str, ...] = ()

    def as_lists(self) -> list[list[str]]:
        """Return them as plain JSON."""
        return [list(self.public), list(self.in_vpc)]


ANY_NETWORK = SenderNetworks()


@dataclass(frozen=True, slots=True)
class Origin:
    """From where records are accepted. With `only`, through the VPC endpoint and not over the internet."""

    networks: SenderNetworks = ANY_NETWORK
    vpc_endpoint_id: str = ""
    only: bool = False

    @property
    def is_restricted(self) -> bool:
        """Return whether there is a place from which no record is accepted, so that Sluice's own may be one."""
        return bool(self.only or self.networks.public)


def put_statements(origin: Origin, put: Statement) -> list[Statement]:
    """Return the statements that allow what `put` does, from the origin alone."""
    through = _through_endpoint(origin)
    if origin.only:
        return [{**put, "Condition": through}]
    if not origin.networks.public:
        return [put]
    public = {**put, "Condition": {"IpAddress": {"aws:SourceIp": list(origin.networks.public)}}}
    if not origin.vpc_endpoint_id:
        return [public]
    return [public, {**put, "Sid": f"{put['Sid']}ThroughTheEndpoint", "Condition": through}]


def _through_endpoint(origin: Origin) -> dict[str, dict[str, Any]]:
    in_vpc = {"IpAddress": {"aws:VpcSourceIp": list(origin.networks.in_vpc)}} if origin.networks.in_vpc else {}
    return {"StringEquals": {"aws:SourceVpce": origin.vpc_endpoint_id}, **in_vpc}


def networks_in(policy: Mapping[str, Any] | None) -> SenderNetworks:
    """Return the networks that a document names."""
    found: dict[str, list[str]] = {key: [] for key in _ADDRESSES}
    for statement in statements_of(policy):
        for key in _ADDRESSES:
            value = statement.get("Condition", {}).get("IpAddress", {}).get(key, [])
            found[key] += [value] if isinstance(value, str) else value
    return SenderNetworks(*(tuple(found[key]) for key in _ADDRESSES))
