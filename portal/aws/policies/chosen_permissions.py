"""What a client chose among the optional permissions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from portal.aws.policies.optional_permissions import OPTIONAL_PERMISSIONS, PERMISSION_BY_KEY
from portal.aws.policies.statements import Statement


@dataclass(frozen=True, slots=True)
class ChosenPermissions:
    """What a client chose: a field for each optional permission, and in `others` the listed ARNs.

    `keeps_every_statement` is for the hosted template, whose parameters decide on each statement.
    """

    sampling: bool = True
    deletion: bool = True
    keys: bool = True
    adoption: bool = False
    secrets: bool = False
    search: bool = False
    tables: bool = False
    functions: bool = False
    network: bool = False
    unscoped: bool = False
    trail: bool = False
    readers: bool = False
    schemas: bool = False
    failures: bool = False
    consumers: bool = False
    devices: bool = False
    sharing: bool = False
    fanout: bool = False
    others: tuple[str, ...] = ()
    keeps_every_statement: bool = False

    @property
    def excluded_statements(self) -> frozenset[str]:
        """Return the Sids of all statements that the grant does not have, by this choice."""
        if self.keeps_every_statement:
            return frozenset()
        return frozenset().union(
            *(
                permission.denials if getattr(self, permission.key) else permission.statements
                for permission in OPTIONAL_PERMISSIONS
            )
        )

    def keep(self, statements: Iterable[Statement]) -> list[Statement]:
        """Return the statements that are not excluded."""
        return [statement for statement in statements if statement["Sid"] not in self.excluded_statements]

    @property
    def chosen(self) -> tuple[str, ...]:
        """Return the keys of the chosen permissions, in their order."""
        return tuple(permission.key for permission in OPTIONAL_PERMISSIONS if getattr(self, permission.key))


def chosen_permissions(keys: Iterable[str], others: Iterable[str] = ()) -> ChosenPermissions:
    """Return the choice of just the permissions with these keys."""
    wanted = set(keys)
    given = {field.name: field.name in wanted for field in fields(ChosenPermissions) if field.name in PERMISSION_BY_KEY}
    return ChosenPermissions(**given, others=tuple(others))


DEFAULT_PERMISSIONS = ChosenPermissions()
ALL_PERMISSIONS = chosen_permissions(PERMISSION_BY_KEY)
