"""Whose rows the code that runs now may read and write: PostgreSQL's row-level security judges every statement by it.

The scope is sent with each statement, as `SET LOCAL` in the same message and so in the same transaction. Nothing of it
remains on the connection, and a pooler in transaction mode can give the connection to anyone afterwards. Without a
scope no row of a tenant is found, and none can be written. The policies: portal/isolation.py;
docs/decisions/0048-isolation-twice.md says why.

No other code sets `sluice.scope`; tests/architecture/test_database_scopes.py lists who may open every tenant.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token, copy_context
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

SETTING = "sluice.scope"
# What row-level security applies to. Everything else (BEGIN, SAVEPOINT, CREATE …) is sent unchanged.
_SCOPED = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "EXPLAIN"})


@dataclass(frozen=True, slots=True)
class Scope:
    """Tenants by primary key, or every tenant; and the person who may see in which tenants they have a role."""

    tenants: tuple[int, ...] = ()
    person: int | None = None
    is_every_tenant: bool = False

    @property
    def setting(self) -> str:
        """Return the scope as the policies read it: `7,12/3`, `*/`, or `/` for nothing."""
        tenants = "*" if self.is_every_tenant else ",".join(str(int(tenant)) for tenant in self.tenants)
        return f"{tenants}/{'' if self.person is None else int(self.person)}"


NOTHING = Scope()
EVERY_TENANT = Scope(is_every_tenant=True)

_entered: ContextVar[Scope] = ContextVar("database_scope", default=NOTHING)


def current() -> Scope:
    """Return the scope of the code that runs now."""
    return _entered.get()


@contextmanager
def nothing() -> Iterator[None]:
    """Begin without a scope, whatever the caller's is: for the entry of each request and each task."""
    yield from _within(NOTHING)


@contextmanager
def of_person(person_id: int) -> Iterator[None]:
    """Show a person's own memberships and the names of those tenants, and nothing else."""
    yield from _within(Scope(person=person_id))


@contextmanager
def of_tenant(tenant_id: int, *, person_id: int | None = None) -> Iterator[None]:
    """Allow the rows of one tenant, and show a person's own memberships."""
    yield from _within(Scope((tenant_id,), person_id))


@contextmanager
def of_tenants(tenant_ids: tuple[int, ...], *, person_id: int | None = None) -> Iterator[None]:
    """Allow the rows of some tenants, and show a person's own memberships."""
    yield from _within(Scope(tenant_ids, person_id))


@contextmanager
def every_tenant(reason: str) -> Iterator[None]:
    """Allow the rows of every tenant; the reason is for the reader of the code, and must not be empty."""
    if not reason:
        raise ValueError("say why every tenant is needed")
    yield from _within(EVERY_TENANT)


@contextmanager
def of_row(rows: QuerySet[Any], path: str = "tenant_id") -> Iterator[None]:
    """Allow the rows of the tenant whose row this is, found by its path; without such a row, of no tenant."""
    with every_tenant("finds whose row it is, and reads nothing else"):
        tenant_id = rows.values_list(path, flat=True).first()
    yield from _within(Scope(() if tenant_id is None else (tenant_id,), current().person))


@contextmanager
def again(scope: Scope) -> Iterator[None]:
    """Enter a scope that code has left whose work is not done."""
    yield from _within(scope)


def carried(function: Callable[[], Any]) -> Callable[[], Any]:
    """Return a function that runs in this scope: a new thread begins without one."""
    context = copy_context()
    return lambda: context.run(function)


def prefix(statement: str) -> str:
    """Return what is sent before a statement: the scope, where row-level security applies to the statement."""
    word = statement.lstrip(" \n\t(").partition(" ")[0].partition("\n")[0].upper()
    return f"SET LOCAL {SETTING} = '{current().setting}'; " if word in _SCOPED else ""


def _within(scope: Scope) -> Iterator[None]:
    token: Token[Scope] = _entered.set(scope)
    try:
        yield
    finally:
        _entered.reset(token)
