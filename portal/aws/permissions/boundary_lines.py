"""Lines about the permissions boundaries: what deliveries can access, and whether each delivery's role stays within it.

IAM is not asked: both documents are known, the boundary as it was read from the account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from portal.aws.permissions.denials import DenialCause
from portal.aws.permissions.report_lines import Line, Verdict
from portal.aws.policies.boundary_check import OutsideBoundary, outside_boundary
from portal.aws.policies.statements import Document, document
from portal.aws.role_grant import RoleGrant
from portal.messages.message import Message

BOUNDARY, PRODUCER_BOUNDARY = Message("permissions.boundary"), Message("permissions.producer_boundary")
CONSUMER_BOUNDARY = Message("permissions.consumer_boundary")


def boundary_lines(
    grant: RoleGrant, deployed: Mapping[str, Document | None] | None, roles: Sequence[tuple[str, Document]]
) -> list[Line]:
    """Return a line for each permission of the boundaries, for their excess, and for each permission of each role.

    `deployed` holds the account's policies by key, or is None where they cannot be read; `roles` has the name of each
    delivery with its role's policy.
    """
    there = None if deployed is None else deployed.get("Boundary") or document()
    producers = None if deployed is None else deployed.get("ProducerBoundary") or document()
    lines = [
        *_of_boundary(BOUNDARY, grant.boundary.document, there),
        *_of_boundary(PRODUCER_BOUNDARY, grant.producer_boundary.document, producers),
    ]
    if grant.optional.consumers:
        consumers = None if deployed is None else deployed.get("ConsumerBoundary") or document()
        lines += _of_boundary(CONSUMER_BOUNDARY, grant.consumer_boundary.document, consumers)
    for name, policy in roles:
        group = Message("permissions.delivery", delivery=name)
        lines += _each(group, policy, there, Message("permissions.allow_then_update"))
    return lines


def _of_boundary(group: Message, granted: Document, there: Document | None) -> Iterator[Line]:
    yield from _each(group, granted, there, Message("permissions.update_boundary"))
    if there is not None:
        yield from (_excess(group, allowed) for allowed in outside_boundary(there, granted))


def _each(group: Message, permissions: Document, boundary: Document | None, todo: Message) -> Iterator[Line]:
    for allowed in outside_boundary(permissions, document()):
        if boundary is None:
            yield _line(group, allowed, Verdict.UNKNOWN, detail=Message("permissions.boundary_unreadable"))
        elif outside_boundary({"Statement": [allowed.statement]}, boundary):
            yield _line(group, allowed, Verdict.DENIED, todo=todo)
        else:
            yield _line(group, allowed, Verdict.ALLOWED)


def _line(
    group: Message,
    allowed: OutsideBoundary,
    verdict: Verdict,
    *,
    detail: Message | str = "",
    todo: Message | None = None,
) -> Line:
    is_denied = verdict is Verdict.DENIED
    return Line(
        group,
        allowed.action,
        allowed.resource,
        Verdict.ALLOWED,
        verdict,
        "read the boundary",
        cause=DenialCause.BOUNDARY if is_denied else None,
        detail=detail,
        todo=todo,
        fix=allowed.statement if is_denied else None,
    )


def _excess(group: Message, allowed: OutsideBoundary) -> Line:
    return Line(
        group,
        allowed.action,
        allowed.resource,
        Verdict.DENIED,
        Verdict.ALLOWED,
        "read the boundary",
        why=Message("permissions.not_chosen"),
        todo=Message("permissions.narrow_boundary"),
    )
