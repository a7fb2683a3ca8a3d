import pytest

from monitoring.pages.delivery_rows import DeliveryRow, delivery_rows
from tests.monitoring.pages.streams import STREAM


def row(**measured: object) -> DeliveryRow:
    stored = {"name": "sensors-to-s3", "title": "S3", **measured}
    (found,) = delivery_rows(STREAM, {"deliveries": [stored]})
    return found


def test_a_delivery_shows_its_measurements() -> None:
    assert row(freshness_seconds=58, success_share=1, delivered_records=12345) == DeliveryRow(
        "S3", "sensors-to-s3", "healthy", "Delivering", "58 s", "100%", "12,345"
    )


@pytest.mark.parametrize(
    ("measured", "state", "status"),
    [
        ({}, "unknown", "No data"),
        ({"success_share": 0.98, "freshness_seconds": 4000}, "failing", "Failing"),
        ({"success_share": 0.998, "freshness_seconds": 40}, "attention", "Retrying"),
        ({"success_share": 1, "freshness_seconds": 4000}, "attention", "Late"),
        ({"freshness_seconds": 4000, "buffering_seconds": 3000}, "healthy", "Delivering"),
    ],
)
def test_the_status_follows_from_the_measurements(measured: dict[str, object], state: str, status: str) -> None:
    assert (row(**measured).state, row(**measured).status) == (state, status)


def test_a_delivery_that_was_not_collected_yet_has_a_row() -> None:
    (found,) = delivery_rows(STREAM, {})
    assert (found.name, found.status, found.success) == ("sensors-to-s3", "No data", "–")
