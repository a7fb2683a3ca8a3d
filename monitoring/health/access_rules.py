"""Health rules about access: the connection's role, and the permission to read metrics. Pure."""

from monitoring.health.assessment import Assessment
from monitoring.health.inputs import HealthInputs
from portal.messages.message import Message


def connection_degraded(inputs: HealthInputs) -> Assessment | None:
    """Failing: the last check of the connection found a problem."""
    if inputs.connection_problem is None:
        return None
    return Assessment("failing", Message("stream.connection_degraded", problem=inputs.connection_problem))


def metrics_unavailable(inputs: HealthInputs) -> Assessment | None:
    """Failing: AWS denied reading the metrics."""
    if inputs.metrics_error is None:
        return None
    return Assessment("failing", Message("stream.metrics_unavailable", reason=inputs.metrics_error))
