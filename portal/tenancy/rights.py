"""Who may do what: the one table that views, templates, the admin and event streams ask.

docs/rights.md shows the same table. Decision 38 says why rights are few, and why they are code and not rows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from portal.messages.message import Message


class Role(StrEnum):
    """What a person is to a tenant: one of its people, or the vendor's staff."""

    ADMIN = "admin"
    VIEWER = "viewer"
    SUPPORT = "support"
    OPERATOR = "operator"


class Right(StrEnum):
    """One thing that may be done. Those of staff alone are about no tenant."""

    VIEW = "view"
    READ_VALUES = "read_values"
    SEE_PEOPLE = "see_people"
    CONNECT = "connect"
    SET_UP = "set_up"
    DIAGNOSE = "diagnose"
    REMOVE = "remove"
    KEYS = "keys"
    DOWNLOAD = "download"
    ROTATE_KEYS = "rotate_keys"
    REVOKE_KEYS = "revoke_keys"
    EXPORT = "export"
    PEOPLE = "people"
    WEBHOOKS = "webhooks"
    WALL_DISPLAYS = "wall_displays"
    RECORD_ACCESS = "record_access"
    DOWNLOAD_RECORDS = "download_records"
    UNMASK = "unmask"
    BOARD = "board"
    ADMINISTRATION = "administration"
    KEEP_TENANTS = "keep_tenants"
    RETRY_RUNS = "retry_runs"
    VENDOR_KEYS = "vendor_keys"
    PRODUCER_ROLES = "producer_roles"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a right lets its holder do, which roles have it, and whether they keep it while the tenant is suspended.

    With `by_token` it can be a scope of an API token: a program needs it, and it changes no one's access. With
    `can_be_withheld` a tenant's admins can take it from single roles in their tenant.
    """

    description: Message
    roles: frozenset[Role]
    while_suspended: bool = False
    by_token: bool = False
    can_be_withheld: bool = False


_MEMBERS = frozenset({Role.ADMIN, Role.VIEWER})
_STAFF = frozenset({Role.SUPPORT, Role.OPERATOR})
_ADMIN = frozenset({Role.ADMIN})
TABLE: Mapping[Right, Rule] = MappingProxyType(
    {
        Right.VIEW: Rule(Message("right.view"), _MEMBERS | _STAFF, while_suspended=True),
        Right.READ_VALUES: Rule(Message("right.read_values"), _MEMBERS, while_suspended=True),
        Right.SEE_PEOPLE: Rule(Message("right.see_people"), _MEMBERS | {Role.SUPPORT}, while_suspended=True),
        Right.CONNECT: Rule(Message("right.connect"), _ADMIN),
        Right.SET_UP: Rule(Message("right.set_up"), _ADMIN),
        # It reads only, and support must answer without waiting for an admin.
        Right.DIAGNOSE: Rule(Message("right.diagnose"), _ADMIN | _STAFF),
        Right.REMOVE: Rule(Message("right.remove"), _ADMIN),
        Right.KEYS: Rule(Message("right.keys"), _ADMIN),
        Right.DOWNLOAD: Rule(Message("right.download"), _ADMIN),
        Right.ROTATE_KEYS: Rule(Message("right.rotate_keys"), _ADMIN | {Role.SUPPORT}),
        Right.REVOKE_KEYS: Rule(Message("right.revoke_keys"), _ADMIN | {Role.SUPPORT}),
        Right.EXPORT: Rule(Message("right.export"), _ADMIN),
        Right.PEOPLE: Rule(Message("right.people"), _ADMIN),
        Right.WEBHOOKS: Rule(Message("right.webhooks"), _ADMIN),
        # Such a link shows the board to anyone who has it.
        Right.WALL_DISPLAYS: Rule(Message("right.wall_displays"), _ADMIN),
        Right.RECORD_ACCESS: Rule(Message("right.record_access"), _ADMIN),
        # As on the page, masked where the page is masked. It reads, so it stays while the tenant is suspended.
        Right.DOWNLOAD_RECORDS: Rule(
            Message("right.download_records"),
            _MEMBERS | {Role.SUPPORT},
            while_suspended=True,
            can_be_withheld=True,
        ),
        Right.UNMASK: Rule(Message("right.unmask"), frozenset({Role.SUPPORT}), can_be_withheld=True),
        Right.BOARD: Rule(Message("right.board"), _STAFF, while_suspended=True),
        Right.ADMINISTRATION: Rule(Message("right.administration"), _STAFF, while_suspended=True),
        Right.KEEP_TENANTS: Rule(Message("right.keep_tenants"), frozenset({Role.SUPPORT}), while_suspended=True),
        Right.RETRY_RUNS: Rule(Message("right.retry_runs"), frozenset({Role.SUPPORT}), while_suspended=True),
        # A suspended tenant changes nothing; its devices keep sending.
        Right.VENDOR_KEYS: Rule(Message("right.vendor_keys"), _STAFF, while_suspended=True, by_token=True),
        Right.PRODUCER_ROLES: Rule(Message("right.producer_roles"), _STAFF, while_suspended=True, by_token=True),
    }
)


def rights_of(
    roles: frozenset[Role], *, is_suspended: bool = False, withheld: Collection[str] = ()
) -> frozenset[Right]:
    """Return the rights of a person with the roles, in a tenant that may be suspended and withholds some (`entry`)."""
    return frozenset(
        right
        for right, rule in TABLE.items()
        if (rule.while_suspended or not is_suspended) and _holders(right, rule, withheld) & roles
    )


def entry(role: Role, right: Right) -> str:
    """Return how a tenant stores that it withholds a right from a role."""
    return f"{role}:{right}"


def withholdable() -> list[tuple[Right, Role]]:
    """Return every right that a tenant can withhold, with each role that can have it."""
    return [
        (right, role) for right, rule in TABLE.items() for role in Role if rule.can_be_withheld and role in rule.roles
    ]


def _holders(right: Right, rule: Rule, withheld: Collection[str]) -> frozenset[Role]:
    if not (withheld and rule.can_be_withheld):
        return rule.roles
    return frozenset(role for role in rule.roles if entry(role, right) not in withheld)
