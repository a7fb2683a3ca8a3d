"""Examples of the resources of a grant, on which its permissions are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.aws.policies.statements import Arn
from portal.aws.role_grant import RoleGrant

# No resource has these names, so that a check harms nothing whatever its result.
NAME = "permission-check"
KEY_ID = "00000000-0000-4000-8000-000000000000"
Context = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Examples:
    """The names that the permissions are checked on: those in use, where there are any."""

    region: str = "us-east-1"
    stream: str = ""
    bucket: str = ""
    delivery: str = ""


@dataclass(frozen=True, slots=True)
class ExampleResources:
    """Turns a pattern of the grant into a resource that could exist."""

    grant: RoleGrant
    examples: Examples

    def arn(self, pattern: str) -> str:
        """Return an ARN that a pattern matches; `*` stays as it is."""
        if pattern == "*":
            return pattern
        parts = Arn.parse(pattern)
        region = self.examples.region if parts.region == "*" else parts.region
        prefix = self.grant.name_prefix
        named = self._name(parts.service) or f"{prefix}{NAME}"
        resource = parts.resource.replace(f"{prefix}*", named, 1)
        resource = resource.replace("*", KEY_ID if parts.service == "kms" else NAME)
        return f"arn:{parts.partition}:{parts.service}:{region}:{parts.account_id}:{resource}"

    def context(self, condition: Mapping[str, Mapping[str, Any]]) -> Context:
        """Return a value for each key of a statement's condition, such that the condition holds."""
        found = {key: value for keys in condition.values() for key, value in keys.items()}
        return tuple((key, self._value(value)) for key, value in found.items())

    def _value(self, value: Any) -> str:
        first = str(value if isinstance(value, str) else value[0])
        return first.replace("*", NAME if first.startswith("arn:") else self.examples.region)

    def _name(self, service: str) -> str:
        return {
            "kinesis": self.examples.stream,
            "s3": self.examples.bucket,
            "firehose": self.examples.delivery,
            "logs": self.examples.delivery,
        }.get(service, "")
