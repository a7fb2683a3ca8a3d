"""Stored states and times get today's names, and no row loses what it says."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps.registry import Apps

from tests.onboarding.migrations.test_messages_as_codes import migrated

pytestmark = pytest.mark.django_db(transaction=True)

EARLIER, LATER = "0002_stream_updates", "0003_self_managed_and_abandoned"
ABANDONED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
REQUESTED = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
CHECKED = datetime(2026, 11, 4, 9, 30, tzinfo=UTC)


@pytest.fixture
def before() -> Iterator[Apps]:
    yield migrated(EARLIER)
    migrated(None)


def rows(apps: Apps, model: str) -> Any:
    return apps.get_model("onboarding", model).objects


def tenant_of(apps: Apps) -> Any:
    return apps.get_model("tenancy", "Tenant").objects.create(slug="northwind", name="Northwind")


def set_up(apps: Apps, tenant: Any, name: str, state: str, **values: Any) -> None:
    connection, _ = rows(apps, "Connection").get_or_create(tenant=tenant, name="production", account_id="1" * 12)
    rows(apps, "Integration").create(
        tenant=tenant, name=name, state=state, connection=connection, spec={"name": name}, **values
    )


def states(apps: Apps, model: str) -> dict[str, str]:
    return dict(rows(apps, model).values_list("name", "state"))


def test_stored_states_get_their_new_values_and_others_stay(before: Apps) -> None:
    tenant = tenant_of(before)
    for number, state in enumerate(("self_run", "verified", "draft"), start=1):
        account = f"11112222333{number}"
        rows(before, "Connection").create(tenant=tenant, name=state, account_id=account, state=state)
    for state in ("self_run", "live", "removed"):
        set_up(before, tenant, state, state)

    after = migrated(LATER)

    expected = {"self_run": "no_access", "verified": "verified", "draft": "draft", "production": "draft"}
    assert states(after, "Connection") == expected
    assert states(after, "Integration") == {"self_run": "self_managed", "live": "live", "removed": "removed"}


def test_times_and_the_problem_of_a_check_keep_their_values(before: Apps) -> None:
    rows(before, "Integration").create(
        tenant=tenant_of(before),
        name="sensors",
        forgotten_at=ABANDONED,
        drift_asked_at=REQUESTED,
        drift_looked_at=CHECKED,
        drift_trouble="AWS denied the check.",
    )

    found = rows(migrated(LATER), "Integration").get()

    assert (found.abandoned_at, found.drift_requested_at) == (ABANDONED, REQUESTED)
    assert (found.drift_checked_at, found.drift_problem) == (CHECKED, "AWS denied the check.")


def test_rows_survive_the_way_back_and_forward_again(before: Apps) -> None:
    tenant = tenant_of(before)
    set_up(before, tenant, "sensors", "self_run", forgotten_at=ABANDONED)
    migrated(LATER)

    restored = rows(migrated(EARLIER), "Integration").get()
    assert (restored.name, restored.forgotten_at) == ("sensors", ABANDONED)

    again = rows(migrated(LATER), "Integration").get()
    assert (again.state, again.abandoned_at) == ("self_managed", ABANDONED)


def test_an_installation_without_rows_is_migrated_too(before: Apps) -> None:
    after = migrated(LATER)
    assert not rows(after, "Integration").exists()
    assert not rows(after, "Connection").exists()
