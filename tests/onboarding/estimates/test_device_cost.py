"""What devices cost: exact at the steps of 5 KB, monotone, the same in both modes, and said where it is not known."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.estimates.cost_row import CostRow, total
from onboarding.estimates.device_cost import MESSAGE_STEP, device_rows, message_millions
from onboarding.estimates.estimate import estimate
from onboarding.estimates.running_total import running_total
from onboarding.estimates.traffic import PlannedStream, Traffic
from tests.onboarding.estimates.strategies import STREAMS, TRAFFIC

ONE_A_SECOND = Traffic(Decimal(1), devices=10)
KEYS = ["iot_connections", "iot_messages", "iot_rules"]


def amounts(rows: list[CostRow] | tuple[CostRow, ...]) -> dict[str, float | None]:
    return {row.key: None if row.usd is None else round(float(row.usd), 4) for row in rows if row.key in KEYS}


def test_ten_devices_with_a_record_a_second() -> None:
    # 10 times 43,800 minutes at 0.08, 2.628 million messages at 1.00, and as many rules and actions at 0.15 each.
    assert amounts(device_rows(ONE_A_SECOND, PlannedStream())) == {
        "iot_connections": 0.035,
        "iot_messages": 2.628,
        "iot_rules": 0.7884,
    }


@pytest.mark.parametrize(("record_bytes", "messages"), [(1, 1), (5120, 1), (5121, 2), (10240, 2), (10241, 3)])
def test_a_message_is_billed_in_steps(record_bytes: int, messages: int) -> None:
    traffic = replace(ONE_A_SECOND, record_bytes=record_bytes)
    assert message_millions(traffic) == messages * message_millions(replace(traffic, record_bytes=MESSAGE_STEP))


def test_a_region_without_a_source_has_the_prices_of_us_east_1_and_says_so() -> None:
    def total_in(region: str) -> float:
        return float(total(device_rows(ONE_A_SECOND, PlannedStream(region=region))))

    assert total_in("eu-central-1") == pytest.approx(total_in("us-east-1") * 1.2)
    assert total_in("eu-north-1") == total_in("us-east-1")
    rows = device_rows(ONE_A_SECOND, PlannedStream(region="eu-north-1"))
    assert {row.basis.params["region"] for row in rows} == {"us-east-1"}


def test_what_is_not_known_has_no_amount() -> None:
    stream = PlannedStream(has_devices=True)
    found = running_total(None, stream, shards=1, read_seconds=300)
    assert amounts(found.rows) == dict.fromkeys(KEYS)
    known = running_total(Traffic(Decimal(1)), stream, shards=1, read_seconds=300)
    assert (amounts(known.rows)["iot_connections"], known.is_whole) == (None, False)
    of_living = replace(stream, known_devices=12)
    assert running_total(Traffic(Decimal(1)), of_living, shards=1, read_seconds=300).is_whole
    counted = running_total(ONE_A_SECOND, stream, shards=1, read_seconds=300)
    assert counted.is_whole


@settings(max_examples=40, deadline=None)
@given(TRAFFIC, STREAMS)
def test_both_modes_have_the_same_amounts(traffic: Traffic, stream: PlannedStream) -> None:
    found = estimate(traffic, stream)
    assert amounts(found.provisioned) == amounts(found.on_demand)
    assert bool(amounts(found.provisioned)) is bool(traffic.devices or stream.has_devices)


@settings(max_examples=40, deadline=None)
@given(TRAFFIC, STREAMS, st.integers(1, 1000), st.integers(0, 100_000))
def test_more_devices_or_records_never_cost_less(
    traffic: Traffic, stream: PlannedStream, more_devices: int, more_bytes: int
) -> None:
    less = replace(traffic, devices=traffic.devices or 1)
    more = replace(less, devices=less.devices + more_devices, record_bytes=less.record_bytes + more_bytes)
    assert total(device_rows(less, stream)) <= total(device_rows(more, stream))
