"""STS: whether a client's role trusts the portal correctly, and the identity of a session."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.aws.assumed_roles import assume_role_anew
from portal.aws.calls import call
from portal.aws.errors import AwsFault
from portal.aws.session import AwsSession


class Outcome(StrEnum):
    """How an attempt to assume a role ended; UNKNOWN: AWS gave no verdict."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a session in AWS."""

    account_id: str
    arn: str


@dataclass(frozen=True, slots=True)
class TrustReport:
    """The three attempts: with the right external ID, with a wrong one, without any; `detail` is AWS's own text."""

    right: Outcome
    wrong: Outcome
    missing: Outcome
    account_id: str | None
    detail: str

    @property
    def trusted(self) -> bool:
        """Return whether the portal can assume the role with its external ID, and only with it."""
        return (self.right, self.wrong, self.missing) == (Outcome.ALLOWED, Outcome.REFUSED, Outcome.REFUSED)

    @property
    def is_undecided(self) -> bool:
        """Return whether AWS gave no verdict on what is still open: an attempt that succeeds where it must not decides,
        and so does a refusal of the right external ID."""
        if self.right is not Outcome.ALLOWED:
            return self.right is Outcome.UNKNOWN
        others = {self.wrong, self.missing}
        return Outcome.UNKNOWN in others and Outcome.ALLOWED not in others


@dataclass(frozen=True, slots=True)
class _Attempt:
    outcome: Outcome
    session: AwsSession | None = None
    detail: str = ""


def check_trust(
    *,
    role_arn: str,
    external_id: str,
    session_name: str,
    region: str = "us-east-1",
    policy: Mapping[str, Any] | None = None,
    before_attempt: Callable[[int], None] = lambda _: None,
) -> TrustReport:
    """Try to assume a client's role three times, as AWS recommends for third-party access.

    `policy` is the session policy of the three; `before_attempt` is called with the number of each. Raises no AwsFault:
    what AWS denies or leaves open is in the report.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    """
    wrong_id = f"wrong-{secrets.token_hex(8)}"
    attempts = []
    for number, given in enumerate((external_id, wrong_id, None), start=1):
        before_attempt(number)
        attempts.append(_try(role_arn, given, session_name=session_name, region=region, policy=policy))
    right, wrong, missing = attempts
    account_id, detail = _account_of(right)
    return TrustReport(
        right=right.outcome,
        wrong=wrong.outcome,
        missing=missing.outcome,
        account_id=account_id,
        detail=detail or _first_unknown(wrong, missing),
    )


def caller_identity(session: AwsSession) -> Identity:
    """Return the identity of a session; needs no permission.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    answer = call(session, "sts", "GetCallerIdentity")
    return Identity(account_id=answer["Account"], arn=answer["Arn"])


def _try(
    role_arn: str, external_id: str | None, *, session_name: str, region: str, policy: Mapping[str, Any] | None
) -> _Attempt:
    try:
        session = assume_role_anew(
            role_arn=role_arn,
            external_id=external_id,
            session_name=session_name,
            region=region,
            duration_seconds=900,
            policy=policy,
        )
    except AwsFault as fault:
        # Only AccessDenied is a verdict on the trust policy; a portal without a valid key gets another error.
        return _Attempt(
            Outcome.REFUSED if fault.is_denied_role else Outcome.UNKNOWN, detail=fault.aws_text or fault.code
        )
    return _Attempt(Outcome.ALLOWED, session)


def _account_of(right: _Attempt) -> tuple[str | None, str]:
    if right.session is None:
        return None, right.detail
    try:
        return caller_identity(right.session).account_id, ""
    except AwsFault as fault:
        return None, fault.aws_text


def _first_unknown(*attempts: _Attempt) -> str:
    return next((attempt.detail for attempt in attempts if attempt.outcome is Outcome.UNKNOWN), "")
