"""Health rules about deliveries: Firehose streams that fail or fall behind. Pure."""

from monitoring.health.assessment import Assessment
from monitoring.health.inputs import DeliveryInputs, HealthInputs
from portal.messages.message import Message, Param


def delivery_failing(inputs: HealthInputs) -> Assessment | None:
    """Failing: a Firehose stream could not deliver more than 1 % of its records; the worst one is named."""
    failing = [delivery for delivery in inputs.deliveries if delivery.is_failing]
    if not failing:
        return None
    worst = min(failing, key=lambda delivery: delivery.success_share or 0)
    return Assessment("failing", _failing(worst, others=len(failing) - 1))


def delivery_late(inputs: HealthInputs) -> Assessment | None:
    """Attention: a Firehose stream has not delivered a record for longer than its buffering explains."""
    late = [delivery for delivery in inputs.deliveries if delivery.is_late]
    if not late:
        return None
    worst = max(late, key=lambda delivery: delivery.freshness_seconds or 0)
    return Assessment(
        "attention", Message("stream.delivery_late", age_seconds=worst.freshness_seconds or 0, **_named(worst))
    )


def delivery_retrying(inputs: HealthInputs) -> Assessment | None:
    """Attention: a few deliveries failed, which Firehose tries again; the worst Firehose stream is named."""
    retrying = [delivery for delivery in inputs.deliveries if delivery.is_retrying]
    if not retrying:
        return None
    worst = min(retrying, key=lambda delivery: delivery.success_share or 0)
    return Assessment(
        "attention", Message("stream.delivery_retrying", success_share=worst.success_share or 0, **_named(worst))
    )


def _named(delivery: DeliveryInputs) -> dict[str, Param]:
    return {"delivery": delivery.name, "destination": delivery.title}


def _failing(worst: DeliveryInputs, *, others: int) -> Message:
    if worst.title == "S3":
        usual_cause = Message("stream.delivery_cause_bucket")
    else:
        usual_cause = Message("stream.delivery_cause_destination")
    params: dict[str, Param] = {
        **_named(worst),
        "success_share": worst.success_share or 0,
        "usual_cause": usual_cause,
    }
    if others:
        return Message("stream.deliveries_failing", other_count=others, **params)
    return Message("stream.delivery_failing", **params)
