"""With whom a data stream is shared: a role or user of another account, or a whole account.

https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html
"""

import re
from dataclasses import dataclass

from portal.messages.message import Message

_ACCOUNT = re.compile(r"[0-9]{12}")
_NAMED = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>[0-9]{12}):(?P<kind>role|user)/"
    r"(?:[A-Za-z0-9_+=,.@-]{1,64}/){0,8}(?P<name>[A-Za-z0-9_+=,.@-]{1,64})"
)
# What people enter in place of the role that reads, and what it is; the first that matches.
_MISTAKEN = (
    (re.compile(r"[*?]"), Message("share.principal_wildcard")),
    (re.compile(r"^arn:aws[a-z-]*:lambda:.*:function:"), Message("share.principal_function")),
    (re.compile(r"^arn:aws[a-z-]*:kinesis:.*:stream/"), Message("share.principal_stream")),
    (re.compile(r"\.amazonaws\.com(\.cn)?$"), Message("share.principal_service")),
    (re.compile(r"^arn:aws[a-z-]*:iam::[0-9]{12}:root$"), Message("share.principal_root")),
    (re.compile(r":(assumed-role|federated-user)/"), Message("share.principal_session")),
    (re.compile(r"^[0-9]{4}[ -][0-9]{4}[ -][0-9]{4}$"), Message("share.principal_separated")),
)


@dataclass(frozen=True, slots=True)
class Principal:
    """A principal of another account; `kind` is role, user or account, `name` that of the role or user."""

    kind: str
    account_id: str
    name: str = ""
    partition: str = ""


def principal_of(text: str) -> Principal | None:
    """Return the principal that a text names, or None where AWS would not accept it."""
    if _ACCOUNT.fullmatch(text):
        return Principal("account", text)
    found = _NAMED.fullmatch(text)
    return Principal(found["kind"], found["account"], found["name"], found["partition"]) if found else None


def principal_problem(text: str, *, account_id: str | None, partition: str = "") -> Message | None:
    """Return why a stream cannot be shared with a principal, or None; `account_id` is the stream's own.

    What is not known (None, or "") is not checked.
    """
    found = principal_of(text)
    if found is None:
        return next((message for form, message in _MISTAKEN if form.search(text)), Message("share.principal_unknown"))
    if found.account_id == account_id:
        return Message("share.principal_own_account", account=account_id)
    if partition and found.partition not in {"", partition}:
        return Message("share.principal_partition", found=found.partition, partition=partition)
    return None
