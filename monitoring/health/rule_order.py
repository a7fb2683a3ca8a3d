"""The health rules in their order, worst first, and what they say of a stream. Pure."""

from monitoring.health.access_rules import connection_degraded, metrics_unavailable, stream_deleting, stream_missing
from monitoring.health.assessment import Assessment, Rule
from monitoring.health.consumer_rules import consumer_behind, reads_throttled
from monitoring.health.delivery_rules import delivery_failing, delivery_late, delivery_retrying
from monitoring.health.inputs import HealthInputs
from monitoring.health.producer_rules import (
    key_unused,
    metrics_incomplete,
    near_write_limit,
    no_metrics,
    receiving,
    silent,
    writes_rejected,
    writes_throttled,
)

RULES: tuple[Rule, ...] = (
    connection_degraded,
    stream_missing,
    stream_deleting,
    metrics_unavailable,
    delivery_failing,
    silent,
    writes_rejected,
    writes_throttled,
    consumer_behind,
    near_write_limit,
    delivery_late,
    delivery_retrying,
    reads_throttled,
    metrics_incomplete,
    key_unused,
    no_metrics,
)


def assess(inputs: HealthInputs) -> Assessment:
    """Return the assessment of the first rule that applies; a stream to which none applies is healthy."""
    for rule in RULES:
        if (assessment := rule(inputs)) is not None:
            return assessment
    return receiving(inputs)
