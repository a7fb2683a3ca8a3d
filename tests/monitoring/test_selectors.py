from dataclasses import replace
from datetime import timedelta

import pytest

from monitoring.alert_models import Alert, AlertKind, AlertState, AlertStream
from monitoring.board_sorts import SORTS
from monitoring.models import HealthState, StreamHealth
from monitoring.pages.board_row import board_row, listed_row
from monitoring.selectors import board, count_by_state
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from portal.tenancy.models import Tenant
from tests.monitoring.conftest import NOW, live_integration

pytestmark = pytest.mark.django_db


def give_state(integration: Integration, state: HealthState) -> None:
    StreamHealth.objects.create(integration=integration, state=state, rank=state.rank, checked_at=NOW)


@pytest.fixture
def streams(northwind: Tenant) -> dict[str, Integration]:
    contoso = Tenant.objects.create(slug="contoso", name="Contoso Homes")
    found = {
        "healthy": live_integration(northwind, "a-healthy"),
        "failing": live_integration(northwind, "b-failing"),
        "unassessed": live_integration(northwind, "c-unassessed", region="eu-north-1"),
        "other": live_integration(contoso, "d-other", account="444455556666"),
    }
    give_state(found["healthy"], HealthState.HEALTHY)
    give_state(found["failing"], HealthState.FAILING)
    give_state(found["other"], HealthState.ATTENTION)
    return found


def names(rows) -> list[str]:
    return [row.name for row in rows]


def test_the_worst_is_first_and_what_was_not_assessed_counts_as_unknown(streams: dict[str, Integration]) -> None:
    assert names(board(now=NOW)) == ["b-failing", "d-other", "c-unassessed", "a-healthy"]


def test_a_tenant_has_its_own_streams(streams: dict[str, Integration], northwind: Tenant) -> None:
    assert names(board(northwind, now=NOW)) == ["b-failing", "c-unassessed", "a-healthy"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("HEALTHY", ["a-healthy"]),
        ("contoso", ["d-other"]),
        ("444455556666", ["d-other"]),
        ("eu-north-1", ["c-unassessed"]),
        ("northwind b-", ["b-failing"]),
        ("northwind contoso", []),
        ("100%", []),
        ("_", []),
        ("", ["b-failing", "d-other", "c-unassessed", "a-healthy"]),
    ],
)
def test_every_word_must_match_a_field(streams: dict[str, Integration], search: str, found: list[str]) -> None:
    assert names(board(now=NOW, search=search)) == found


def test_a_long_search_is_cut_to_eight_words(streams: dict[str, Integration]) -> None:
    assert names(board(now=NOW, search=" ".join(["northwind"] * 8 + ["matches-nothing"]))) != []


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("failing", ["b-failing"]),
        ("unknown", ["c-unassessed"]),
        ("healthy", ["a-healthy"]),
        ("no such state", ["b-failing", "d-other", "c-unassessed", "a-healthy"]),
    ],
)
def test_a_state_selects_its_streams(streams: dict[str, Integration], state: str, found: list[str]) -> None:
    assert names(board(now=NOW, state=state)) == found


def test_every_state_is_counted_in_one_query(
    streams: dict[str, Integration], northwind: Tenant, django_assert_num_queries
) -> None:
    with django_assert_num_queries(1):
        counts = count_by_state(board(northwind, now=NOW), now=NOW)
    assert counts == {"healthy": 1, "attention": 0, "failing": 1, "unknown": 1}


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("stream", ["a-healthy", "b-failing", "c-unassessed", "d-other"]),
        ("-stream", ["d-other", "c-unassessed", "b-failing", "a-healthy"]),
        ("tenant", ["d-other", "b-failing", "c-unassessed", "a-healthy"]),
        ("records", ["d-other", "a-healthy", "b-failing", "c-unassessed"]),
        ("-records", ["b-failing", "a-healthy", "d-other", "c-unassessed"]),
        ("-last", ["a-healthy", "b-failing", "d-other", "c-unassessed"]),
        ("no such column", ["b-failing", "d-other", "c-unassessed", "a-healthy"]),
    ],
)
def test_a_board_is_sorted_by_a_column_and_what_has_no_value_comes_last(
    streams: dict[str, Integration], sort: str, found: list[str]
) -> None:
    for name, rate, hour in (("healthy", 9.5, 15), ("failing", 10, 3), ("other", 0, None)):
        at = f"2026-11-21T{hour:02}:00:00+00:00" if hour else None
        StreamHealth.objects.filter(integration=streams[name]).update(
            measurements={"records_per_second": rate, "last_record_at": at}
        )
    assert names(board(now=NOW, sort=sort)) == found


def test_every_column_can_be_sorted_by(streams: dict[str, Integration]) -> None:
    for column in SORTS:
        assert len(board(now=NOW, sort=f"-{column}")) == 4


def give_key(integration: Integration, days: int, *, attempt: int = 1, **fields: object) -> Credential:
    chosen = {"state": "in_use", "user_name": "u", **fields}
    created = Credential.objects.create(integration=integration, attempt=attempt, **chosen)
    Credential.objects.filter(pk=created.pk).update(created_at=NOW - timedelta(days=days))
    return created


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("-key", ["b-failing", "a-healthy", "d-other", "c-unassessed"]),
        ("key", ["a-healthy", "b-failing", "d-other", "c-unassessed"]),
        ("-freshness", ["a-healthy", "d-other", "b-failing", "c-unassessed"]),
        ("-peak", ["d-other", "a-healthy", "b-failing", "c-unassessed"]),
        ("-data", ["b-failing", "a-healthy", "d-other", "c-unassessed"]),
        ("data", ["a-healthy", "b-failing", "d-other", "c-unassessed"]),
        ("-alerts", ["a-healthy", "d-other", "b-failing", "c-unassessed"]),
        ("alerts", ["d-other", "a-healthy", "b-failing", "c-unassessed"]),
    ],
)
def test_ages_charts_and_alerts_sort_too(
    streams: dict[str, Integration], northwind: Tenant, sort: str, found: list[str]
) -> None:
    give_key(streams["healthy"], 10)
    give_key(streams["failing"], 90)
    give_key(streams["failing"], 1, attempt=2, state="ready")
    give_key(streams["unassessed"], 400, state="revoked")
    measured = (
        ("healthy", [60, 900, None], 15, [1, None, 30]),
        ("failing", [], 3, []),
        ("other", [50], None, [40]),
    )
    for name, ages, hour, line in measured:
        at = f"2026-11-21T{hour:02}:00:00+00:00" if hour else None
        deliveries = [{"name": "x", "title": "S3", "freshness_seconds": age} for age in ages]
        StreamHealth.objects.filter(integration=streams[name]).update(
            measurements={"deliveries": deliveries, "last_record_at": at}, sparkline=line
        )
    for name, number in (("healthy", 2), ("other", 1)):
        for cause in range(number):
            fields = {"kind": AlertKind.SILENCE, "cause": f"{name}-{cause}", "state": AlertState.OPEN}
            alert = Alert.objects.create(tenant=streams[name].tenant, since=NOW, seen_at=NOW, **fields)
            AlertStream.objects.create(alert=alert, integration=streams[name])
    assert names(board(now=NOW, sort=sort)) == found


def test_a_listed_row_has_the_age_of_the_oldest_key_that_can_be_used(streams: dict[str, Integration]) -> None:
    give_key(streams["failing"], 90)
    give_key(streams["failing"], 1, attempt=2, state="ready")
    give_key(streams["healthy"], 30, uploaded_by="ada@example.test")
    Integration.objects.filter(pk=streams["other"].pk).update(spec={**streams["other"].spec, "producer": "role"})
    rows = {row.name: listed_row(row, with_tenant=True) for row in board(now=NOW)}
    assert rows["b-failing"].key_at == NOW - timedelta(days=90)
    assert [rows[name].key_at for name in ("a-healthy", "d-other")] == [None, None], "of an uploaded key it is unknown"
    assert [rows[name].is_by_role for name in ("a-healthy", "d-other")] == [False, True]


def test_a_listed_row_needs_no_other_query(streams: dict[str, Integration], django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        rows = {row.name: listed_row(row, with_tenant=True) for row in board(now=NOW)}
    for name, integration in streams.items():
        whole = board_row(Integration.objects.get(pk=integration.pk), with_tenant=True)
        assert replace(rows[integration.name], measurements="", sparkline="") == replace(
            whole, measurements="", sparkline=""
        ), name
