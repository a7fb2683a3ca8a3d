"""Health rules about what must be there first: the connection's role, the data stream, the permission to read. Pure."""

from monitoring.health.assessment import Assessment
from monitoring.health.inputs import HealthInputs
from portal.messages.message import Message


def connection_degraded(inputs: HealthInputs) -> Assessment | None:
    """Failing: the last check of the connection found a problem."""
    if inputs.connection_problem is None:
        return None
    return Assessment("failing", Message("stream.connection_degraded", problem=inputs.connection_problem))


def stream_missing(inputs: HealthInputs) -> Assessment | None:
    """Failing: AWS answered that the data stream does not exist, whatever CloudWatch still has of it."""
    if not inputs.missing_stream:
        return None
    return Assessment("failing", Message("stream.deleted_in_aws", stream=inputs.missing_stream))


def stream_deleting(inputs: HealthInputs) -> Assessment | None:
    """Failing: AWS is deleting the data stream.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StreamDescriptionSummary.html
    """
    return Assessment("failing", Message("stream.being_deleted")) if inputs.stream_status == "DELETING" else None


def metrics_unavailable(inputs: HealthInputs) -> Assessment | None:
    """Failing: AWS denied reading the metrics."""
    if inputs.metrics_error is None:
        return None
    return Assessment("failing", Message("stream.metrics_unavailable", reason=inputs.metrics_error))
