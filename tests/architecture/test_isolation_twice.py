"""A forgotten filter shows nothing: with the application's filters by tenant removed, PostgreSQL still isolates."""

from typing import Any

import pytest
from django.db.models import QuerySet

from portal import database_scope
from portal.database_scope import EVERY_TENANT
from portal.tenancy.models import Membership, Tenant
from tests.architecture.population import Belongings, Population
from tests.architecture.test_urls import READS, TABLE, Row, ask, everybody, population

__all__ = ["everybody", "population"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis", "no_open_streams", "without_filters")]
OF_TENANT = [row for row in READS if row.of and row.by_role["outsider"] == 404]


def names_a_tenant(lookup: str) -> bool:
    return any(part in {"tenant", "tenant_id"} for part in lookup.split("__"))


@pytest.fixture
def without_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    """The switch: no query is filtered by tenant any more. Who has which role is still decided."""
    filtered = QuerySet._filter_or_exclude_inplace

    def unfiltered(rows: QuerySet[Any], negate: bool, args: Any, kwargs: dict[str, Any]) -> None:
        if rows.model not in {Membership, Tenant}:
            kwargs = {lookup: value for lookup, value in kwargs.items() if not names_a_tenant(lookup)}
        filtered(rows, negate, args, kwargs)

    monkeypatch.setattr(QuerySet, "_filter_or_exclude_inplace", unfiltered)


def marks_of(theirs: Belongings) -> list[str]:
    """What only a page that shows the other tenant's rows contains."""
    rows = [theirs.connection, theirs.key, theirs.live, theirs.self_managed, theirs.draft, theirs.copy, theirs.alert]
    return [row.uid for row in rows]


@pytest.mark.sampled(12, rest="audit")
@pytest.mark.parametrize("row", OF_TENANT, ids=str)
def test_no_page_shows_a_row_of_another_tenant(population: Population, row: Row) -> None:
    arguments = population.ours.arguments()[row.of]
    for role in ("viewer", "admin", "support"):
        answer = ask(population, role, row, arguments)
        assert answer.status_code == row.by_role[role], role
        page = answer.getvalue().decode()
        assert [mark for mark in marks_of(population.theirs) if mark in page] == [], role


@pytest.mark.sampled(12, rest="audit")
@pytest.mark.parametrize("row", [row for row in TABLE if row.by_role["admin"] != 405], ids=str)
def test_anothers_thing_under_the_own_address_is_not_found(population: Population, row: Row) -> None:
    arguments = population.theirs.arguments(slug=population.ours.tenant.slug)[row.of]
    if set(arguments) > {"slug"} and "slug" in arguments:
        for role in ("admin", "viewer", "support"):
            expected = 403 if row.by_role[role] == 403 else 404
            assert ask(population, role, row, arguments).status_code == expected, role


def test_without_row_level_security_the_switch_would_show_rows(
    population: Population, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_scope, "current", lambda: EVERY_TENANT)
    [home] = [row for row in OF_TENANT if row.name == "tenant_home"]
    page = ask(population, "admin", home, population.ours.arguments()[home.of]).content.decode()
    assert any(mark in page for mark in marks_of(population.theirs))
