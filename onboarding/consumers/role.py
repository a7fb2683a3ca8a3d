"""A consumer's role as a spec declares it: who can assume it, for how long, and with which external ID."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onboarding.consumers.principals import principal_problem
from portal.messages.message import Message

# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
LEAST_SECONDS, MOST_SECONDS = 3_600, 43_200
MOST_ROLES, MOST_PRINCIPALS = 10, 10
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?")
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_+=,.@:/-]{2,1224}")
_LONGEST_EXTERNAL_ID = 100


@dataclass(frozen=True, slots=True)
class ConsumerRole:
    """A role that reads the records of the data stream, and nothing else.

    `name` is a short label that ends the role's name in AWS. `principals` are ARNs of IAM roles and users, or account
    IDs. `session_seconds` is the longest session. `external_id` is "" where Sluice creates one, as it usually does.
    `fan_out` is the name of the one registered consumer that it can read as; "" for any of the stream.
    """

    name: str
    principals: tuple[str, ...]
    session_seconds: int = LEAST_SECONDS
    external_id: str = ""
    fan_out: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON, without an external ID that Sluice creates, and without a consumer that was not chosen."""
        own = {"external_id": self.external_id} if self.external_id else {}
        own |= {"fan_out": self.fan_out} if self.fan_out else {}
        return {
            "name": self.name,
            "principals": list(self.principals),
            "session_seconds": self.session_seconds,
            **own,
        }

    def problems(self, partition: str = "") -> Iterator[tuple[str, Message]]:
        """Yield (path within the role, message) for everything that AWS would refuse, or that would open too much."""
        if not _NAME.fullmatch(self.name):
            yield "name", Message("consumer.role_name")
        if not self.principals:
            yield "principals", Message("consumer.principals_missing")
        if len(self.principals) > MOST_PRINCIPALS:
            yield "principals", Message("consumer.too_many_principals", limit_count=MOST_PRINCIPALS)
        for position, principal in enumerate(self.principals):
            if problem := principal_problem(principal, partition):
                yield f"principals.{position}", problem
            elif principal in self.principals[:position]:
                yield f"principals.{position}", Message("consumer.principal_twice", principal=principal)
        if not LEAST_SECONDS <= self.session_seconds <= MOST_SECONDS:
            yield (
                "session_seconds",
                Message("consumer.session_seconds", least_count=LEAST_SECONDS, most_count=MOST_SECONDS),
            )
        if self.external_id and not _EXTERNAL_ID.fullmatch(self.external_id):
            yield "external_id", Message("consumer.external_id_characters")
        elif len(self.external_id) > _LONGEST_EXTERNAL_ID:
            yield "external_id", Message("consumer.external_id_too_long", limit_count=_LONGEST_EXTERNAL_ID)


def conflicts(roles: tuple[ConsumerRole, ...]) -> Iterator[tuple[str, Message]]:
    """Yield (path within the list, message) for roles that cannot exist beside each other."""
    names: set[str] = set()
    external_ids: dict[str, str] = {}
    if len(roles) > MOST_ROLES:
        yield "", Message("consumer.too_many_roles", limit_count=MOST_ROLES)
    for position, role in enumerate(roles):
        if role.name in names:
            yield f"{position}.name", Message("consumer.role_name_twice", name=role.name)
        names.add(role.name)
        other = external_ids.setdefault(role.external_id, role.name) if role.external_id else role.name
        if other != role.name:
            yield f"{position}.external_id", Message("consumer.external_id_twice", name=other)


def role_of(data: Any) -> ConsumerRole:
    """Return the role of plain JSON that follows the schema."""
    return ConsumerRole(
        name=data["name"],
        principals=tuple(data.get("principals") or ()),
        session_seconds=data.get("session_seconds", LEAST_SECONDS),
        external_id=data.get("external_id", ""),
        fan_out=data.get("fan_out", ""),
    )
