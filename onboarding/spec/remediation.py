"""What a repair does to the producer's identity: each change is listed before it is made, and nothing else.

The identity is the IAM user of an access key, or a role. What someone added to it is never removed silently: a drift
check finds it, a person sees the list, and only what is listed is removed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from portal.messages.message import Message


class RemediationAction(StrEnum):
    """What is done."""

    REVOKE_KEY = "revoke access key"
    DELETE_KEY = "delete access key"
    ACTIVATE_KEY = "activate access key"
    SET_BOUNDARY = "set permissions boundary"
    DETACH_POLICY = "detach policy"
    DELETE_INLINE_POLICY = "delete inline policy"
    DETACH_ROLE_POLICY = "detach policy of role"
    DELETE_ROLE_POLICY = "delete inline policy of role"


_DELETES = {
    RemediationAction.REVOKE_KEY,
    RemediationAction.DELETE_KEY,
    RemediationAction.DETACH_POLICY,
    RemediationAction.DELETE_INLINE_POLICY,
    RemediationAction.DETACH_ROLE_POLICY,
    RemediationAction.DELETE_ROLE_POLICY,
}
KEY_NOT_ACCEPTABLE = Message("drift.key_not_acceptable")
QUARANTINE_NOT_ACCEPTABLE = Message("drift.quarantine_not_acceptable")
# Why a difference that one of these would repair cannot be accepted.
NOT_ACCEPTABLE = {
    RemediationAction.REVOKE_KEY: QUARANTINE_NOT_ACCEPTABLE,
    RemediationAction.DELETE_KEY: KEY_NOT_ACCEPTABLE,
}


_MESSAGES = {
    RemediationAction.REVOKE_KEY: Message("repair.revoke_key", user="", name=""),
    RemediationAction.DELETE_KEY: Message("repair.delete_key", user="", name=""),
    RemediationAction.ACTIVATE_KEY: Message("repair.activate_key", user="", name=""),
    RemediationAction.SET_BOUNDARY: Message("repair.set_boundary", user="", name=""),
    RemediationAction.DETACH_POLICY: Message("repair.detach_policy", user="", name=""),
    RemediationAction.DELETE_INLINE_POLICY: Message("repair.delete_inline_policy", user="", name=""),
    RemediationAction.DETACH_ROLE_POLICY: Message("repair.detach_role_policy", user="", name=""),
    RemediationAction.DELETE_ROLE_POLICY: Message("repair.delete_role_policy", user="", name=""),
}


@dataclass(frozen=True, slots=True, order=True)
class Remediation:
    """One thing that a repair does to an IAM user or a role, its `user`.

    `name` is an access key's id, a policy's ARN or name.
    """

    action: RemediationAction
    user: str
    name: str

    @property
    def message(self) -> Message:
        """Return what people read before they confirm."""
        return _MESSAGES[self.action].with_params(user=self.user, name=self.name)

    @property
    def is_delete(self) -> bool:
        """Return whether something is deleted."""
        return self.action in _DELETES

    def as_dict(self) -> dict[str, str]:
        """Return it as plain data."""
        return {key: str(value) for key, value in asdict(self).items()}


def from_dicts(rows: Iterable[Mapping[str, str]]) -> list[Remediation]:
    """Return what `as_dict` made plain data of."""
    return [Remediation(RemediationAction(row["action"]), row["user"], row["name"]) for row in rows]


def digest(remediations: Iterable[Remediation]) -> str:
    """Return what tells one list from another, in whatever order: a form sends it back as what its reader saw."""
    rows = [remediation.as_dict() for remediation in sorted(set(remediations))]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16] if rows else ""
