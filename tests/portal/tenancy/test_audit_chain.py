"""The audit trail cannot be changed, and a chain of hashes shows a change that was made all the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from portal import database_scope
from portal.tenancy import audit, audit_chain
from portal.tenancy.audit_chain import GENESIS, WITHOUT_TENANT, BrokenEntry, Head, verify
from portal.tenancy.models import AuditEvent, AuditLink, Tenant

# Even the owner of the tables is refused, and whoever tampers has the owner's rights.
pytestmark = [pytest.mark.usefixtures("owner"), pytest.mark.django_db]

TABLES = ("tenancy_auditevent", "tenancy_auditlink")


def commit() -> None:
    """Do what happens at a commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def tamper(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


@pytest.fixture
def events(north: Tenant) -> list[int]:
    """Five events of a tenant, and one of no tenant between them."""
    ids = [audit.record("portal:x:y", tenant=north, actor="ada", target=f"t{number}").pk for number in range(5)]
    audit.record("portal:x:y", tenant=None, actor="ada")
    commit()
    return ids


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}", "TRUNCATE {} CASCADE"])
def test_the_owner_cannot_change_it(events: list[int], table: str, statement: str) -> None:
    column = "actor" if table == "tenancy_auditevent" else "hash"
    with pytest.raises((ProgrammingError, InternalError), match="append-only"), transaction.atomic():
        connection.cursor().execute(statement.format(table, column, column))


def test_each_tenant_has_a_chain_and_acts_without_a_tenant_have_one(north: Tenant, events: list[int]) -> None:
    assert audit_chain.chains() == [WITHOUT_TENANT, north.pk]
    positions = AuditLink.objects.filter(chain=north.pk).order_by("position").values_list("position", "event_id")
    assert list(positions) == list(enumerate(events, start=1))
    for chain, entries in ((north.pk, 5), (WITHOUT_TENANT, 1)):
        last = AuditLink.objects.filter(chain=chain).latest("position")
        assert verify(chain) == audit_chain.Verdict(chain, entries, Head(entries, last.hash))
    assert AuditLink.objects.get(event_id=events[0]).previous_hash == GENESIS


def test_every_field_is_in_the_hash(north: Tenant) -> None:
    changes = {
        "at": "at + interval '1 microsecond'",
        "details": """'{"a": 1}'""",
        **dict.fromkeys(
            ("actor", "action", "target", "object_type", "object_id", "reason", "address", "request_id"), "'changed'"
        ),
    }
    assert {*changes, "id", "tenant"} == {field.name for field in AuditEvent._meta.concrete_fields}
    event = audit.record("portal:x:y", tenant=north, actor="ada", details={"é": [1.5, None, "“"]})
    commit()
    assert verify(north.pk).broken is None
    for column, value in changes.items():
        with transaction.atomic():
            tamper(" ".join(("UPDATE tenancy_auditevent SET", column, "=", value, "WHERE id = %s")), event.pk)
            assert verify(north.pk).broken == BrokenEntry("changed", 1, event.pk), column
            transaction.set_rollback(True)


def renumber(events: list[int]) -> None:
    tamper("UPDATE tenancy_auditlink SET position = 9 WHERE event_id = %s", events[1])
    tamper("UPDATE tenancy_auditlink SET position = 2 WHERE event_id = %s", events[2])
    tamper("UPDATE tenancy_auditlink SET position = 3 WHERE event_id = %s", events[1])


TAMPERINGS: dict[str, tuple[Callable[[list[int]], None], str, int]] = {
    "an event removed": (
        lambda events: tamper("DELETE FROM tenancy_auditevent WHERE id = %s", events[2]),
        "removed",
        3,
    ),
    "an event removed with its link": (
        lambda events: (
            tamper("DELETE FROM tenancy_auditevent WHERE id = %s", events[2]),
            tamper("DELETE FROM tenancy_auditlink WHERE event_id = %s", events[2]),
        )[0],
        "removed",
        3,
    ),
    "two links exchanged": (renumber, "reordered", 2),
    "an event moved to another tenant": (
        lambda events: tamper("UPDATE tenancy_auditevent SET tenant_id = NULL WHERE id = %s", events[3]),
        "changed",
        4,
    ),
    "a link calculated anew": (
        lambda events: tamper("UPDATE tenancy_auditlink SET hash = repeat('a', 64) WHERE event_id = %s", events[4]),
        "changed",
        5,
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_was_changed_all_the_same_is_found(north: Tenant, events: list[int], name: str) -> None:
    change, kind, position = TAMPERINGS[name]
    change(events)
    broken = verify(north.pk).broken
    assert broken is not None
    assert (broken.kind, broken.position) == (kind, position)


def test_an_event_that_was_added_without_the_trigger_is_found(north: Tenant, events: list[int]) -> None:
    tamper(
        "INSERT INTO tenancy_auditevent (tenant_id, actor, action, target, details) VALUES (%s, 'a', 'a:b', '', '{}')",
        north.pk,
    )
    broken = verify(north.pk).broken
    assert broken == BrokenEntry("not_chained", 6, AuditEvent.objects.latest("pk").pk)


def test_a_removed_end_is_found_by_a_head_that_was_noted(north: Tenant, events: list[int]) -> None:
    noted = verify(north.pk).head
    audit.record("portal:x:y", tenant=north, actor="ada")
    commit()
    assert verify(north.pk, noted).broken is None
    tamper("DELETE FROM tenancy_auditevent WHERE id >= %s", events[3])
    tamper("DELETE FROM tenancy_auditlink WHERE event_id >= %s", events[3])
    assert verify(north.pk).broken is None
    assert verify(north.pk, noted).broken == BrokenEntry("head", 4, 0)
    assert verify(north.pk, Head(2, GENESIS)).broken == BrokenEntry("head", 2, 0)


def test_what_is_rolled_back_has_no_link(north: Tenant, events: list[int]) -> None:
    with transaction.atomic():
        audit.record("portal:x:y", tenant=north, actor="ada")
        transaction.set_rollback(True)
    commit()
    assert verify(north.pk).entries == 5
    assert AuditLink.objects.count() == 6


def test_a_role_that_owns_nothing_can_add_events_and_no_link(north: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE ROLE audit_writer; GRANT INSERT, SELECT ON tenancy_auditevent, tenancy_tenant TO audit_writer"
        )
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO audit_writer")
        cursor.execute("SET LOCAL ROLE audit_writer")
        audit.record("portal:x:y", tenant=north, actor="ada")
        commit()
        for statement in (
            "SELECT tenancy_audit_append(e) FROM tenancy_auditevent e",
            "INSERT INTO tenancy_auditlink VALUES (99, 1, 9, '', '')",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(statement)
        cursor.execute("RESET ROLE")
    assert verify(north.pk).entries == 1


@pytest.mark.django_db(transaction=True)
def test_transactions_over_several_chains_wait_for_each_other_in_one_order() -> None:
    """In opposite orders of their events, these would end each other if each chain were locked as its event comes."""
    north, south = (Tenant.objects.create(slug=slug, name=slug) for slug in ("north", "south"))

    def act(number: int) -> None:
        orders = [north, None, south]
        try:
            with transaction.atomic():
                for tenant in orders if number % 2 else reversed(orders):
                    audit.record("portal:x:y", tenant=tenant, actor=f"a{number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda work: work(), [database_scope.carried(partial(act, number)) for number in range(40)]))
    for chain in (WITHOUT_TENANT, north.pk, south.pk):
        verdict = verify(chain)
        assert (verdict.broken, verdict.entries) == (None, 40)
