"""The access key is created and tested while Firehose is created, and can be downloaded only when both are done."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from onboarding.credentials.download import check
from onboarding.integrations import runs
from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.states import CredentialState, RunState
from portal import database_scope
from tests.faults.proxy import Answer, Proxy, Request
from tests.onboarding.feed import announced
from tests.onboarding.provisioning.driving import carried_out, delivered_key, failed_steps, started
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class SlowFirehose:
    """AWS, which creates a Firehose stream until the key is proved and one check more; then as `after` says."""

    after: str = "ACTIVE"
    deletes_users: bool = True
    meanwhile: list[str] = field(default_factory=list)

    def __call__(self, request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if request.operation == "DeleteUser" and not self.deletes_users:
            return request.error(500, "ServiceFailure")
        if request.operation != "DescribeDeliveryStream" or nth == 1:
            return carry_out()
        self.meanwhile += _states()
        if self.meanwhile.count("proved") < 2:
            return _with_status(carry_out(), "CREATING")
        return request.error(400, "AccessDeniedException") if self.after == "denied" else carry_out()


def _states() -> list[str]:
    try:
        with database_scope.every_tenant("the proxy's thread has no scope"):
            return list(Credential.objects.values_list("state", flat=True))
    finally:
        connection.close()  # this thread's own


def _with_status(answer: Answer, status: str) -> Answer:
    described = json.loads(answer.body)
    described["DeliveryStreamDescription"]["DeliveryStreamStatus"] = status
    return Answer(answer.status, answer.headers, json.dumps(described).encode())


def users(world: World) -> list[str]:
    return [user["UserName"] for user in world.root().client("iam").list_users(PathPrefix="/sluice/")["Users"]]


def test_the_key_is_proved_meanwhile_and_ready_at_the_end(world: World, aws_proxy: Proxy) -> None:
    aws_proxy.fault = fault = SlowFirehose()
    run = carried_out(started(world))
    assert run.state == RunState.DONE, failed_steps(run)
    assert fault.meanwhile == ["proved", "proved"], "the secret is held for nothing but its own steps"
    credential = run.integration.credentials.get()
    assert (credential.state, aws_proxy.seen["CreateAccessKey"]) == (CredentialState.READY, 1)
    assert credential.ready_at is not None
    assert delivered_key(world, run.integration)


def test_a_key_is_discarded_if_the_rest_fails_after_its_test(world: World, aws_proxy: Proxy) -> None:
    aws_proxy.fault = SlowFirehose(after="denied")
    run = carried_out(started(world))
    assert (run.state, list(failed_steps(run))) == (RunState.FAILED, ["firehose:sluice-sensors-to-s3"])
    assert (run.integration.credentials.get().state, users(world)) == (CredentialState.DISCARDED, [])
    assert announced() == []


def test_a_key_that_could_not_be_discarded_is_replaced_by_the_retry(world: World, aws_proxy: Proxy) -> None:
    aws_proxy.fault = SlowFirehose(after="denied", deletes_users=False)
    run = carried_out(started(world))
    first = run.integration.credentials.get()
    assert (run.state, first.state, users(world)) == (RunState.FAILED, CredentialState.SEALED, [first.user_name])
    aws_proxy.fault = SlowFirehose()
    runs.retry_run(run=run, actor=world.admin)
    assert carried_out(run).state == RunState.DONE, failed_steps(run)
    ready = run.integration.credentials.get(state=CredentialState.READY)
    assert users(world) == [ready.user_name] != [first.user_name]


def test_a_proved_key_cannot_be_downloaded_and_a_cancelled_run_leaves_none(world: World, aws_proxy: Proxy) -> None:
    aws_proxy.fault = SlowFirehose()
    run = started(world)
    while not run.integration.credentials.filter(state=CredentialState.PROVED).exists():
        carried_out(run, turns=1)
    assert SealedCopy.objects.count() == 2
    for copy in SealedCopy.objects.all():
        with pytest.raises(ValidationError):
            check(copy)
    runs.cancel_run(run=run, actor=world.admin)
    assert carried_out(run).state == RunState.CANCELLED
    assert (run.integration.credentials.get().state, users(world)) == (CredentialState.DISCARDED, [])


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("LimitExceededException", "You have reached the limit."),
        # What Firehose also says for some seconds of a role that is new.
        ("InvalidArgumentException", "Firehose is unable to assume role arn:aws:iam::1:role/x. Please check the role."),
    ],
)
def test_no_key_is_created_if_firehose_refuses(world: World, aws_proxy: Proxy, code: str, text: str) -> None:
    def refused(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if request.operation == "CreateDeliveryStream":
            return request.error(400, code, text)
        return carry_out()

    aws_proxy.fault = refused
    run = carried_out(started(world))
    assert list(failed_steps(run)) == ["firehose:sluice-sensors-to-s3"]
    assert (aws_proxy.seen["CreateUser"], run.integration.credentials.count()) == (0, 0)
