"""Audit events are found by who, what, on what and when, of one tenant, in pages that begin at a key."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.tenancy.audit_search import AuditFilter, in_pieces, page, search
from portal.tenancy.models import AuditEvent, Tenant

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


def event(tenant: Tenant | None, target: str, **fields: object) -> AuditEvent:
    given = {"actor": "ada@n.example", "action": "portal:x:y", "at": NOON, **fields}
    return AuditEvent.objects.create(tenant=tenant, target=target, **given)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (AuditFilter(), "abcd"),
        (AuditFilter(who="ADA"), "ac"),
        (AuditFilter(who="sluice"), "d"),
        (AuditFilter(who="%"), ""),
        (AuditFilter(acts=("portal:z:", "portal:run:")), "bc"),
        (AuditFilter(target="A"), "a"),
        (AuditFilter(target="uid1"), "c"),
        (AuditFilter(since=date(2026, 11, 29)), "abc"),
        (AuditFilter(until=date(2026, 11, 28)), "d"),
        (AuditFilter(since=date(2026, 11, 28), until=date(2026, 11, 28)), "d"),
        (AuditFilter(who="ada", acts=("portal:run:",)), "c"),
    ],
)
def test_what_is_given_must_be_true(north: Tenant, wanted: AuditFilter, found: str) -> None:
    south = Tenant.objects.create(slug="south", name="South")
    event(south, "a")
    event(None, "a")
    event(north, "d", actor="provisioning", at=NOON - timedelta(days=1))
    event(north, "c", action="portal:run:x", object_id="uid1")
    event(north, "b", actor="bob@n.example", action="portal:z:x")
    event(north, "a")
    assert "".join(row.target for row in search(north, wanted)) == found


def test_pages_meet_without_a_gap_also_where_times_are_equal(north: Tenant) -> None:
    expected = [event(north, str(number)).target for number in range(8)][::-1]
    rows = search(north, AuditFilter())
    first = page(rows, 3)
    second = page(rows, 3, before=first.older)
    third = page(rows, 3, before=second.older)
    assert [row.target for found in (first, second, third) for row in found.events] == expected
    assert (first.newer, third.older) == ("", "")
    assert page(rows, 3, after=third.newer) == second
    assert page(rows, 3, after=second.newer).events == first.events
    assert page(rows, 3, after=page(rows, 3, after=second.newer).newer or second.newer).events == first.events


@pytest.mark.parametrize("key", ["x", "1", "-", "1-x", "9" * 25 + "-1", "1-" + "9" * 20, "٣-٣", "253402300800000000-1"])
def test_a_key_that_cannot_be_read_is_as_none(north: Tenant, key: str) -> None:
    event(north, "a")
    rows = search(north, AuditFilter())
    assert page(rows, 3, before=key, after=key).events == list(rows)


def test_pieces_end_at_the_limit(north: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.tenancy.audit_search._PIECE", 2)
    for number in range(6):
        event(north, str(number))
    rows = search(north, AuditFilter())
    assert ["".join(row.target for row in piece) for piece in in_pieces(rows, 5)] == ["54", "32", "1"]
    assert ["".join(row.target for row in piece) for piece in in_pieces(rows, 9)] == ["54", "32", "10"]
