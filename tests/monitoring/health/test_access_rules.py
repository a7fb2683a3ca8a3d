from monitoring.health.access_rules import connection_degraded, metrics_unavailable
from monitoring.health.inputs import HealthInputs
from portal.messages.catalogue import cause_of, text_of, todo_of
from portal.messages.message import Message

DENIED = Message("aws.access_denied", operation="cloudwatch:GetMetricData")


def test_no_problem_is_no_assessment() -> None:
    assert connection_degraded(HealthInputs()) is None
    assert metrics_unavailable(HealthInputs()) is None


def test_a_problem_of_the_connection_is_failing_and_carries_its_own_advice() -> None:
    found = connection_degraded(HealthInputs(connection_problem=DENIED))
    assert found is not None
    assert found.state == "failing"
    assert "AWS denied cloudwatch:GetMetricData" in text_of(found.message)
    assert todo_of(found.message) == todo_of(DENIED) != ""
    assert cause_of(found.message) == cause_of(DENIED)


def test_metrics_that_cannot_be_read_say_why() -> None:
    found = metrics_unavailable(HealthInputs(metrics_error=DENIED))
    assert found is not None
    assert (found.state, found.message.params["reason"]) == ("failing", DENIED)
