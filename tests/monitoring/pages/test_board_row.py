import json
from datetime import UTC, datetime

import pytest

from monitoring.models import HealthState, StreamHealth
from monitoring.pages.board_row import BoardRow, RowCells, board_row, cells_of
from onboarding.models.integration import Integration
from portal.messages.message import Message
from tests.monitoring.conftest import NOW


def row(**measurements: object) -> BoardRow:
    return BoardRow(
        uid="abc",
        tenant_slug="northwind",
        tenant_name="Northwind Estates",
        stream_name="sluice-sensors",
        region="eu-west-1",
        account_id="111122223333",
        has_drift=False,
        state=HealthState.HEALTHY,
        message=Message("stream.receiving", records_per_second=3),
        measurements=json.dumps(measurements),
        sparkline="[1, 2]",
        with_tenant=False,
    )


def test_measurements_are_written_with_their_units() -> None:
    cells = cells_of(
        row(
            records_per_second=2314.2,
            write_usage_share=0.85,
            throttled_writes=1200.0,
            iterator_age_seconds=720,
            deliveries=[
                {"name": "a", "title": "S3", "freshness_seconds": 58},
                {"name": "b", "title": "Splunk", "freshness_seconds": 4000},
                {"name": "c", "title": "HTTP endpoint"},
            ],
            last_record_at="2026-11-21T15:59:00+00:00",
        )
    )
    assert (cells.records, cells.usage, cells.throttled) == ("2,314", "85%", "1,200")
    assert (cells.is_usage_high, cells.is_throttled) == (True, True)
    assert (cells.iterator_age, cells.freshness) == ("12 minutes", "67 minutes"), "the oldest of all deliveries"
    assert cells.last_record_at == datetime(2026, 11, 21, 15, 59, tzinfo=UTC)


def test_without_measurements_there_are_dashes_not_zeros() -> None:
    cells = cells_of(row())
    assert isinstance(cells, RowCells)
    assert {cells.records, cells.usage, cells.throttled, cells.iterator_age, cells.freshness} == {"–"}
    assert (cells.is_usage_high, cells.is_throttled, cells.last_record_at) == (False, False, None)


@pytest.mark.django_db
def test_a_stream_that_was_not_collected_yet_says_so(integration: Integration) -> None:
    found = board_row(Integration.objects.get(pk=integration.pk), with_tenant=True)
    assert (found.state, found.message) == (HealthState.UNKNOWN, Message("stream.not_collected"))


@pytest.mark.django_db
def test_a_row_has_the_message_of_the_last_collection(integration: Integration) -> None:
    silent = Message("stream.silent", silent_seconds=1200)
    StreamHealth.objects.create(integration=integration, state="failing", rank=0, message=silent, checked_at=NOW)
    found = board_row(Integration.objects.get(pk=integration.pk), with_tenant=True)
    assert (found.state, found.message) == (HealthState.FAILING, silent)
