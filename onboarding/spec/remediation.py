"""What a repair does to the IAM user of an access key: each thing named before it is done, and nothing else.

The user is the producer's identity, so what somebody added to it is never removed in passing: a check of drift finds
it, a person sees the list, and only what stood in the list goes.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum


class MendVerb(StrEnum):
    """What is done."""

    DELETE_KEY = "delete access key"
    ACTIVATE_KEY = "activate access key"
    SET_BOUNDARY = "set permissions boundary"
    DETACH_POLICY = "detach policy"
    DELETE_INLINE_POLICY = "delete inline policy"


_WORDS = {
    MendVerb.DELETE_KEY: "Delete access key {name} of IAM user {user}. Its holder can no longer write to the stream.",
    MendVerb.ACTIVATE_KEY: "Activate access key {name} of IAM user {user} again.",
    MendVerb.SET_BOUNDARY: "Set the permissions boundary of IAM user {user} to {name} again.",
    MendVerb.DETACH_POLICY: "Detach policy {name} from IAM user {user}. The policy itself stays.",
    MendVerb.DELETE_INLINE_POLICY: "Delete inline policy “{name}” of IAM user {user}. Sluice keeps no copy of it.",
}
_DELETES = {MendVerb.DELETE_KEY, MendVerb.DETACH_POLICY, MendVerb.DELETE_INLINE_POLICY}
NO_ACCEPTING_KEYS = (
    "An access key that Sluice did not create cannot be accepted: anyone who has it can write to the stream as your "
    "producer. Repair deletes it."
)


@dataclass(frozen=True, slots=True, order=True)
class Mend:
    """One thing that a repair does to an IAM user; `name` is an access key's id, a policy's ARN or name."""

    verb: MendVerb
    user: str
    name: str

    @property
    def words(self) -> str:
        """Return the sentence that people read before they agree."""
        return _WORDS[self.verb].format(user=self.user, name=self.name)

    @property
    def is_delete(self) -> bool:
        """Tell whether something goes."""
        return self.verb in _DELETES

    def as_dict(self) -> dict[str, str]:
        """Return it as plain data."""
        return {key: str(value) for key, value in asdict(self).items()}


def from_dicts(rows: Iterable[Mapping[str, str]]) -> list[Mend]:
    """Return what `as_dict` made plain data of."""
    return [Mend(MendVerb(row["verb"]), row["user"], row["name"]) for row in rows]


def digest(mends: Iterable[Mend]) -> str:
    """Return what tells one list from another, in whatever order: a form sends it back as what its reader saw."""
    rows = [one.as_dict() for one in sorted(set(mends))]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16] if rows else ""
