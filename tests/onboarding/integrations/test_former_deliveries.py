"""Deliveries of earlier plans: each is remembered until the newest plan has it again."""

import json
from dataclasses import asdict, replace

import pytest

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.kinds import KINDS, read
from onboarding.deliveries.transform import Transform
from onboarding.integrations.former_deliveries import earlier_deliveries, former_deliveries
from onboarding.models.integration import Integration
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from tests.onboarding.deliveries_examples import example

STREAM = StreamSpec(name="sluice-sensors", region="eu-west-1")
A, B = Delivery(name="sluice-a", bucket="sluice-one"), Delivery(name="sluice-b", bucket="sluice-two")


def planned(*deliveries: Delivery, earlier: tuple[Delivery, ...] = ()) -> Integration:
    spec = IntegrationSpec("s", "c", STREAM, deliveries)
    stored = json.loads(json.dumps([asdict(delivery) for delivery in earlier]))
    return Integration(spec=json.loads(json.dumps(spec.as_dict())), earlier_deliveries=stored)


def replaced(*plans: tuple[Delivery, ...]) -> Integration:
    """The row after each of the plans replaced the one before."""
    row = planned(*plans[0])
    for plan in plans[1:]:
        earlier = json.loads(json.dumps(earlier_deliveries(row)))
        row = planned(*plan)
        row.earlier_deliveries = earlier
    return row


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_remembered_as_it_was(kind: str) -> None:
    transform = Transform(function_arn="arn:aws:lambda:eu-west-1:111122223333:function:x", buffer_mb=0.5)
    delivery = replace(read(example(kind)), transform=transform)
    assert former_deliveries(replaced((delivery,), (A,))) == [delivery]


@pytest.mark.parametrize(
    ("plans", "former"),
    [
        (((A,),), []),
        (((A,), (A,)), []),
        (((A, B), (A,)), [B]),
        (((A,), (), (B,)), [A]),
        (((A,), (B,), (A,)), [B]),
        (((A,), (replace(A, bucket="sluice-two"),)), [A]),
        (((A,), (replace(A, prefix="x/"),)), []),
        (((A,), (replace(A, prefix="x/"),), ()), [replace(A, prefix="x/")]),
    ],
)
def test_what_the_newest_plan_has_not_may_still_exist(
    plans: tuple[tuple[Delivery, ...], ...], former: list[Delivery]
) -> None:
    assert former_deliveries(replaced(*plans)) == former


def test_a_delivery_is_remembered_once_as_the_newest_plan_had_it() -> None:
    newer = replace(A, prefix="x/")
    stored = earlier_deliveries(planned(newer, earlier=(A, B)))
    assert [read(delivery) for delivery in stored] == [newer, B]


def test_a_draft_has_no_earlier_plans() -> None:
    assert earlier_deliveries(Integration()) == []
