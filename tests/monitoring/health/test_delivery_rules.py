import pytest

from monitoring.health.delivery_rules import delivery_failing, delivery_late, delivery_retrying
from monitoring.health.inputs import DeliveryInputs, HealthInputs
from portal.messages.catalogue import explanation_of, text_of


def inputs(*deliveries: DeliveryInputs) -> HealthInputs:
    return HealthInputs(deliveries=deliveries)


def delivery(name: str = "lobby-to-s3", title: str = "S3", **changed: float) -> DeliveryInputs:
    return DeliveryInputs(name, title, **changed)


@pytest.mark.parametrize("rule", [delivery_failing, delivery_late, delivery_retrying])
def test_nothing_measured_is_no_problem(rule) -> None:
    assert rule(inputs()) is None
    assert rule(inputs(delivery())) is None


@pytest.mark.parametrize(
    ("share", "is_failing", "is_retrying"),
    [(1.0, False, False), (0.999, False, True), (0.99, False, True), (0.9899, True, False), (0.0, True, False)],
)
def test_a_few_failures_are_retried_and_more_are_failing(share: float, is_failing: bool, is_retrying: bool) -> None:
    found = inputs(delivery(success_share=share))
    assert (delivery_failing(found) is not None) is is_failing
    assert (delivery_retrying(found) is not None) is is_retrying


def test_the_worst_of_several_is_named_and_the_others_are_counted() -> None:
    found = delivery_failing(
        inputs(
            delivery("first", success_share=0.5),
            delivery("worst", "Splunk", success_share=0.1),
            delivery("good", success_share=1.0),
            delivery("third", success_share=0.9),
        )
    )
    assert found is not None
    assert found.state == "failing"
    assert found.message.params["delivery"] == "worst"
    assert found.message.params["other_count"] == 2
    assert "2 other deliveries are failing too" in text_of(found.message)


@pytest.mark.parametrize(("title", "cause"), [("S3", "bucket policy"), ("Splunk", "cannot be reached")])
def test_the_usual_cause_depends_on_the_destination(title: str, cause: str) -> None:
    found = delivery_failing(inputs(delivery(title=title, success_share=0.0)))
    assert found is not None
    assert cause in explanation_of(found.message)
    assert "/aws/kinesisfirehose/lobby-to-s3" in explanation_of(found.message)


@pytest.mark.parametrize(
    ("buffering", "age", "is_late"),
    [(60, 900, False), (60, 901, True), (300, 901, True), (900, 1800, False), (900, 1801, True)],
)
def test_lateness_allows_for_two_buffering_intervals(buffering: int, age: float, is_late: bool) -> None:
    found = delivery_late(inputs(DeliveryInputs("a", "S3", buffering_seconds=buffering, freshness_seconds=age)))
    assert (found is not None) is is_late


def test_the_latest_of_several_is_named() -> None:
    found = delivery_late(inputs(delivery("late", freshness_seconds=1_000), delivery("later", freshness_seconds=9_000)))
    assert found is not None
    assert (found.state, found.message.params["delivery"]) == ("attention", "later")


def test_retries_are_attention_only() -> None:
    found = delivery_retrying(inputs(delivery("a", success_share=0.995), delivery("b", success_share=0.991)))
    assert found is not None
    assert (found.state, found.message.params["delivery"]) == ("attention", "b")
