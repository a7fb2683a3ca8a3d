"""Who can assume a consumer's role: IAM roles and users by their ARNs, and whole accounts by their IDs.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

import re

from portal.messages.message import Message

_ACCOUNT = re.compile(r"[0-9]{12}")
_NAMED = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>[0-9]{12}):(?P<kind>role|user)/"
    r"(?:[A-Za-z0-9_+=,.@-]{1,64}/){0,8}[A-Za-z0-9_+=,.@-]{1,64}"
)
_SEPARATED = re.compile(r"[0-9]{4}[ -][0-9]{4}[ -][0-9]{4}")


def principal_problem(principal: str, partition: str = "") -> Message | None:
    """Return why a principal cannot assume a consumer's role, or None.

    Without a partition any is accepted, because a spec that is read from a file does not say which it is for.
    """
    if _ACCOUNT.fullmatch(principal):
        return None
    if found := _NAMED.fullmatch(principal):
        if partition and found["partition"] != partition:
            return Message(
                "consumer.principal_partition", principal=principal, found=found["partition"], partition=partition
            )
        return None
    return _reason(principal)


def is_role(principal: str) -> bool:
    """Return whether a principal is an IAM role, whose own session limits the next one to an hour."""
    return ":role/" in principal


def account_of(principal: str) -> str:
    """Return the account ID of a principal."""
    return principal if _ACCOUNT.fullmatch(principal) else principal.split(":")[4]


def principal_arn(principal: str, partition: str) -> str:
    """Return a principal as a trust policy names it: of an account the root principal, which stands for all of it."""
    return f"arn:{partition}:iam::{principal}:root" if _ACCOUNT.fullmatch(principal) else principal


def _reason(principal: str) -> Message:
    if "*" in principal or "?" in principal:
        return Message("consumer.principal_wildcard", principal=principal)
    if re.search(r"\.amazonaws\.com(\.cn)?$", principal):
        return Message("consumer.principal_service", principal=principal)
    if _SEPARATED.fullmatch(principal):
        return Message("consumer.principal_separated", principal=principal)
    if re.fullmatch(r"arn:aws[a-z-]*:iam::[0-9]{12}:root", principal):
        return Message("consumer.principal_root", principal=principal)
    if ":assumed-role/" in principal or ":federated-user/" in principal:
        return Message("consumer.principal_session", principal=principal)
    if re.search(r":iam::[0-9]{12}:(saml-provider|oidc-provider|group)/", principal):
        return Message("consumer.principal_kind", principal=principal)
    return Message("consumer.principal_unknown", principal=principal)
