"""What a draft says of what it costs."""

from decimal import Decimal
from typing import Any

import pytest

from onboarding.drafts.costs import planned_stream, shards_of, traffic_of
from onboarding.estimates.traffic import DeliverySettings, PlannedStream, Traffic
from tests.onboarding.pages import DELIVERY, STREAM


def test_nothing_typed_is_nothing_known() -> None:
    assert traffic_of({}) == (None, {})
    assert planned_stream({}) == PlannedStream(shard_level_metrics=True)
    assert shards_of({}) == 1


def test_what_was_typed() -> None:
    items = {"1": DELIVERY, "2": {"kind": "none"}, "3": {**DELIVERY, "name": "other"}}
    typed = {**STREAM, "records_per_second": "12,5", "encryption": "new"}
    draft: dict[str, Any] = {"stream": typed, "delivery": {"items": items}}
    assert traffic_of(draft)[0] == Traffic(Decimal("12.5"))
    plain = DeliverySettings()
    assert planned_stream(draft) == PlannedStream("eu-west-1", 24, True, "new", (plain, plain))
    assert shards_of(draft) == 2


@pytest.mark.parametrize(("typed", "shards"), [("0", 1), ("-1", 1), ("x", 1), ("99999", 10_000), ("9" * 50, 1)])
def test_shards_are_bounded(typed: str, shards: int) -> None:
    assert shards_of({"stream": {"shards": typed}}) == shards


def test_an_on_demand_stream_has_no_shards_to_choose() -> None:
    assert shards_of({"stream": {"mode": "ON_DEMAND", "shards": "4"}}) is None
