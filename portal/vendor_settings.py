"""What the vendor configures about its own sender: the principal that assumes producers' roles."""

import re

from portal.env import BadEnvironment

_PRINCIPAL = re.compile(r"arn:(aws[a-z-]*):iam::([0-9]{12}):(user|role)/([A-Za-z0-9_+=,.@/-]*[A-Za-z0-9_+=,.@-])")
_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::([0-9]{12}):assumed-role/([^/]+)(?:/.*)?")


def check_vendor_principal(name: str, arn: str, *, portal_arn: str) -> str:
    """Return the ARN of the vendor's user or role, or "" where none is set. Raises BadEnvironment.

    It is one user or one role: with an account or a session as principal, a role would trust more than the sender. It
    is not the portal's own, which has access to clients' accounts already.
    """
    if not arn:
        return ""
    if not _PRINCIPAL.fullmatch(arn):
        example = "arn:aws:iam::999900001111:role/sender"
        raise BadEnvironment(f"{name} is '{arn}'; it must be the ARN of one IAM user or role, like {example}.")
    if _identity(arn) == _identity(portal_arn):
        raise BadEnvironment(f"{name} is the principal of the portal itself; the vendor's sender needs its own.")
    return arn


def _identity(arn: str) -> tuple[str, ...]:
    """Return what is the same of a role and of a session of it, which is named without the role's path."""
    if found := _PRINCIPAL.fullmatch(arn):
        return (found[1], found[2], found[3], found[4].rpartition("/")[2])
    if found := _SESSION.fullmatch(arn):
        return (found[1], found[2], "role", found[3])
    return (arn,)
