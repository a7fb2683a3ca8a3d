"""Lines about the boundary: what deliveries may reach, and whether each delivery's role stays inside.

IAM is not asked: both documents are known, the boundary as it was read in the account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from portal.aws.permissions.causes import Cause
from portal.aws.permissions.sheet import Line, Verdict
from portal.aws.policies import Beyond, Document, beyond
from portal.aws.policies.statements import document
from portal.aws.role_grant import RoleGrant

REACH = "What roles made by Sluice may reach"
_UNREADABLE = "The role may not read its boundary: it is older than this right. Take its file again."


def boundary_lines(
    grant: RoleGrant, deployed: Mapping[str, Document | None] | None, roles: Sequence[tuple[str, Document]]
) -> list[Line]:
    """Return a line for each right of the boundary, for what it has too much, and for each right of each role.

    `deployed` holds the account's policies by key, or is None where they cannot be read; `roles` has (delivery's name,
    rights of its role).
    """
    there = None if deployed is None else deployed.get("Boundary") or document()
    lines = list(_each(REACH, grant.boundary.document, there, "Bring the boundary up to date with the role’s file."))
    if there is not None:
        lines += [_too_much(one) for one in beyond(there, grant.boundary.document)]
    for name, rights in roles:
        lines += _each(f"Delivery {name}", rights, there, "Allow it on this page, then bring the role up to date.")
    return lines


def _each(group: str, rights: Document, boundary: Document | None, todo: str) -> Iterator[Line]:
    for one in beyond(rights, document()):
        if boundary is None:
            yield _line(group, one, Verdict.UNKNOWN, said=_UNREADABLE)
        elif beyond({"Statement": [one.statement]}, boundary):
            yield _line(group, one, Verdict.DENIED, todo=todo)
        else:
            yield _line(group, one, Verdict.ALLOWED)


def _line(group: str, one: Beyond, verdict: Verdict, *, said: str = "", todo: str = "") -> Line:
    is_denied = verdict is Verdict.DENIED
    return Line(
        group,
        one.action,
        one.resource,
        Verdict.ALLOWED,
        verdict,
        "read the boundary",
        cause=Cause.BOUNDARY if is_denied else None,
        said=said,
        todo=todo,
        fix=one.statement if is_denied else None,
    )


def _too_much(one: Beyond) -> Line:
    return Line(
        REACH,
        one.action,
        one.resource,
        Verdict.DENIED,
        Verdict.ALLOWED,
        "read the boundary",
        why="You did not choose it, or not any more.",
        todo="Bring the boundary up to date with the role’s file, which takes this away.",
    )
