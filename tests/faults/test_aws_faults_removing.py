"""AWS throttles, fails, loses answers and lags behind while an integration is removed: all of it goes, nothing else."""

import random
from collections.abc import Callable, Iterator

import pytest

from portal.local.ministack import MiniStack
from tests.faults import proxy
from tests.faults.case import Case, new_case
from tests.faults.proxy import Answer, Fault, Lost, Proxy, Request
from tests.faults.scenario import Rig
from tests.faults.worker import drive
from tests.faults.workloads import WORKLOADS

pytestmark = pytest.mark.django_db(transaction=True)

DELETES = {
    "DetachUserPolicy",
    "DeleteAccessKey",
    "DeleteUser",
    "DeletePolicy",
    "DeleteDeliveryStream",
    "DeleteRolePolicy",
    "DeleteRole",
    "DeleteLogGroup",
    "DeleteStream",
}


def failing(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
    if request.operation in DELETES and nth <= 4:
        return request.error(500, "InternalFailure")
    return carry_out()


def throttling() -> Fault:
    dice = random.Random(5)

    def fault(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if dice.random() >= 0.3:
            return carry_out()
        if request.dialect == "s3":
            return request.error(503, "SlowDown", "Please reduce your request rate.")
        return request.error(400, "ThrottlingException", "Rate exceeded")

    return fault


def breaking() -> Fault:
    dice = random.Random(3)

    def fault(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if dice.random() < 0.15:
            raise Lost
        answer = carry_out()
        if dice.random() < 0.15:
            raise Lost
        return answer

    return fault


KINDS = {
    "answers lost once": lambda: proxy.lost_answers(DELETES, 1),
    "answers lost until the SDK gives up": lambda: proxy.lost_answers(DELETES, 3),
    "every delete fails four times": lambda: failing,
    "a third of all calls throttled": throttling,
    "a third of all connections broken": breaking,
    "the stream is still busy": lambda: proxy.refusing("DeleteStream", 3, 400, "ResourceInUseException", "UPDATING"),
    "the user still has something": lambda: proxy.refusing("DeleteUser", 3, 409, "DeleteConflict", "detach first"),
}


@pytest.fixture
def aws_proxy(ministack: MiniStack, case: Case, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda self, context: 0.01)
    with Proxy(ministack).running() as between:
        monkeypatch.setenv("AWS_ENDPOINT_URL", between.url)
        yield between


@pytest.fixture
def case(rig: Rig) -> Case:
    """An integration about to be removed, set up without faults."""
    made = new_case(rig.client_key)
    assert drive(made.run_id) == "done"
    return WORKLOADS["remove"].begin(made)


@pytest.mark.sampled(2, rest="faults")
@pytest.mark.parametrize("kind", KINDS)
def test_a_removal_completes_despite_faults(case: Case, aws_proxy: Proxy, kind: str) -> None:
    aws_proxy.fault = KINDS[kind]()
    drive(case.run_id, turns=80)
    aws_proxy.fault = proxy.no_fault
    assert WORKLOADS["remove"].broken(case) == []
    assert {name for name in DELETES if aws_proxy.seen[name]} == DELETES
