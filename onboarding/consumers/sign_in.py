"""How a consumer signs in to read a data stream: the one description from which settings of tools are written."""

from dataclasses import dataclass
from enum import StrEnum


class SignInKind(StrEnum):
    """With what a consumer signs in."""

    ROLE = "role"
    TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True)
class ConsumerSignIn:
    """Everything that a consumer's settings name, and no secret.

    With ROLE, the consumer's own credentials assume `role_arn` with `external_id`; a session lasts at most
    `session_seconds`. With TEMPORARY, it has temporary credentials of an IAM user of this account, which last at
    most `session_seconds`; `role_arn` and `external_id` are "". `key_arn` is that of the stream's customer managed key,
    or "". `name` is the consumer's short label.
    """

    kind: SignInKind
    name: str
    stream_name: str
    stream_arn: str
    region: str
    account_id: str
    partition: str = "aws"
    role_arn: str = ""
    external_id: str = ""
    session_seconds: int = 3600
    key_arn: str = ""
    is_fips: bool = False

    @property
    def is_by_role(self) -> bool:
        """Return whether the consumer assumes a role."""
        return self.kind is SignInKind.ROLE
