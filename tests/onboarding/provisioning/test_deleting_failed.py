"""A Firehose stream that AWS fails to delete, because it cannot give back its grant on a key, goes all the same."""

import json
from collections.abc import Callable

import pytest

from onboarding.integrations import removal
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState, RunState
from portal.aws import firehose
from tests.faults.proxy import Answer, Proxy, Request
from tests.onboarding.provisioning.driving import applied, carried_out, failed_steps
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


class LostGrant:
    """AWS, where a deletion fails until it is forced."""

    def __init__(self) -> None:
        self.asked: list[bool] = []

    def __call__(self, request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if request.operation == "DeleteDeliveryStream":
            self.asked.append(bool(json.loads(request.body).get("AllowForceDelete")))
            return (
                carry_out() if self.asked[-1] else Answer(200, (("Content-Type", "application/x-amz-json-1.1"),), b"{}")
            )
        answer = carry_out()
        if request.operation == "DescribeDeliveryStream" and self.asked and answer.status == 200:
            outcomes_of = json.loads(answer.body)
            outcomes_of["DeliveryStreamDescription"] |= {
                "DeliveryStreamStatus": "DELETING_FAILED",
                "FailureDescription": {"Type": "RETIRE_KMS_GRANT_FAILED", "Details": "the key is gone"},
            }
            return Answer(200, answer.headers, json.dumps(outcomes_of).encode())
        return answer


def test_it_is_forced_once_aws_has_failed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    integration, _ = applied(world)
    with Proxy(world.ministack).running() as between, monkeypatch.context() as patched:
        between.fault = fault = LostGrant()
        patched.setenv("AWS_ENDPOINT_URL", between.url)
        run = carried_out(removal.start_removal(integration=integration, actor=world.admin))
    assert run.state == RunState.DONE, failed_steps(run)
    assert fault.asked == [False, True]
    assert firehose.describe_delivery_stream(world.root(), "sluice-sensors-to-s3") is None
    assert Integration.objects.get(pk=integration.pk).state == IntegrationState.REMOVED
