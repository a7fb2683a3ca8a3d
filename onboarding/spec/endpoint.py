"""Through which endpoint of Kinesis the producer puts its records, and what follows from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.aws import endpoints, names
from portal.messages.message import Message

STANDARD, FIPS, VPC = "standard", "fips", "vpc"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint of Kinesis: `kind` is "standard", "fips" or "vpc".

    Of a VPC endpoint (PrivateLink) the ID and the DNS name are given, and whether records are accepted through it
    `only`.
    """

    kind: str = STANDARD
    vpc_endpoint_id: str = ""
    dns_name: str = ""
    only: bool = False

    @property
    def is_fips(self) -> bool:
        """Tell whether Sluice itself, too, calls FIPS endpoints for this integration."""
        return self.kind == FIPS

    @property
    def demanded(self) -> str | None:
        """Return the ID of the VPC endpoint through which alone records are accepted, or None."""
        return self.vpc_endpoint_id if self.kind == VPC and self.only else None

    @property
    def profile(self) -> dict[str, str]:
        """Return the settings that lead AWS's tools to it, for a profile; none for the standard endpoint.

        https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html
        """
        if self.kind == VPC:
            return {"endpoint_url": f"https://{self.dns_name}"}
        return {"use_fips_endpoint": "true"} if self.is_fips else {}

    def url(self, region: str) -> str:
        """Return the address to which the producer sends. Raises InvalidName for a FIPS endpoint that is not."""
        return f"https://{self.dns_name}" if self.kind == VPC else endpoints.kinesis_url(region, fips=self.is_fips)

    @property
    def name(self) -> Message:
        """Return which endpoint it is."""
        if self.kind == VPC:
            return Message("endpoint.vpc", id=self.vpc_endpoint_id)
        return Message("endpoint.fips") if self.is_fips else Message("endpoint.standard")

    @property
    def description(self) -> Message:
        """Return its name, and whether records are accepted through it only."""
        return Message("endpoint.only", endpoint=self.name) if self.demanded else self.name

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON with the fields of its kind alone."""
        if self.kind != VPC:
            return {"kind": self.kind}
        known = {"vpc_endpoint_id": self.vpc_endpoint_id, "dns_name": self.dns_name, "only": self.only}
        return {"kind": self.kind, **known}

    def problems(self, region: str) -> Iterator[tuple[str, Message]]:
        """Yield (field, message) of everything that AWS would refuse, or that does not exist there."""
        rules: list[tuple[str, Any, tuple[str, ...]]] = []
        if self.is_fips:
            rules.append(("kind", endpoints.check_fips, (region,)))
        if self.kind == VPC:
            rules.append(("vpc_endpoint_id", endpoints.check_vpc_endpoint_id, (self.vpc_endpoint_id,)))
            name = (self.dns_name, self.vpc_endpoint_id, region)
            rules.append(("dns_name", endpoints.check_vpc_dns_name, name))
        for field, rule, values in rules:
            try:
                rule(*values)
            except names.InvalidName as invalid:
                yield field, invalid.message


STANDARD_ENDPOINT = Endpoint()


def wants_fips(spec: Mapping[str, Any] | None) -> bool:
    """Tell of a declaration, as an integration's row keeps it, whether Sluice calls FIPS endpoints for it."""
    return bool((spec or {}).get("stream", {}).get("endpoint", {}).get("kind") == FIPS)
