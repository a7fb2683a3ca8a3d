"""AWS throttles, fails, loses answers and lags behind: the run ends well all the same, with one of everything."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from onboarding.provisioning import iam_lag
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack
from tests import clock
from tests.faults import invariants, proxy
from tests.faults.case import Case, new_case
from tests.faults.proxy import Answer, Lost, Proxy, Request
from tests.faults.scenario import Rig
from tests.faults.worker import drive

pytestmark = pytest.mark.django_db(transaction=True)

CREATES = [
    "CreateStream",
    "IncreaseStreamRetentionPeriod",
    "StartStreamEncryption",
    "EnableEnhancedMonitoring",
    "CreatePolicy",
    "CreateBucket",
    "CreateLogGroup",
    "CreateLogStream",
    "CreateRole",
    "PutRolePolicy",
    "CreateDeliveryStream",
    "CreateUser",
    "CreateAccessKey",
    "AttachUserPolicy",
    "PutRecord",
]


@pytest.fixture
def aws_proxy(ministack: MiniStack, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    with Proxy(ministack).running() as between:
        monkeypatch.setenv("AWS_ENDPOINT_URL", between.url)
        yield between


@pytest.fixture
def case(rig: Rig, aws_proxy: Proxy) -> Case:
    made = new_case(rig.client_key)
    aws_proxy.seen.clear()
    return made


@pytest.fixture(autouse=True)
def _no_real_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    # What waits is made due at once, by `drive` and within a turn; only the SDK's own pauses are shortened.
    clock.pass_while_worker_waits(monkeypatch)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda self, context: 0.01)


def ended_well(case: Case, aws_proxy: Proxy) -> list[str]:
    drive(case.run_id, turns=60)
    aws_proxy.fault = proxy.no_fault
    return invariants.broken(case)


@pytest.mark.sampled(1, rest="faults")
@pytest.mark.parametrize("times", [1, 3], ids=["the SDK asks again", "the SDK gives up"])
def test_lost_answers_make_nothing_twice(case: Case, aws_proxy: Proxy, times: int) -> None:
    aws_proxy.fault = proxy.lost_answers(set(CREATES), times)
    assert ended_well(case, aws_proxy) == []
    assert [operation for operation in CREATES if aws_proxy.seen[operation] < max(2, times)] == []


def test_failures_of_aws_are_survived(case: Case, aws_proxy: Proxy) -> None:
    def failing(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if request.operation in CREATES and nth <= 4:
            return request.error(500, "InternalFailure")
        return carry_out()

    aws_proxy.fault = failing
    assert ended_well(case, aws_proxy) == []


def test_throttling_on_a_third_of_all_calls(case: Case, aws_proxy: Proxy) -> None:
    dice = random.Random(7)

    def throttling(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if dice.random() < 0.3:
            if request.dialect == "s3":
                return request.error(503, "SlowDown", "Please reduce your request rate.")
            return request.error(400, "ThrottlingException", "Rate exceeded")
        return carry_out()

    aws_proxy.fault = throttling
    assert ended_well(case, aws_proxy) == []


@pytest.mark.faults
def test_connections_that_break_on_a_third_of_all_calls(case: Case, aws_proxy: Proxy) -> None:
    dice = random.Random(11)

    def breaking(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if dice.random() < 0.15:
            raise Lost
        answer = carry_out()
        if dice.random() < 0.15:
            raise Lost
        return answer

    aws_proxy.fault = breaking
    assert ended_well(case, aws_proxy) == []


def test_a_role_that_firehose_cannot_assume_yet(case: Case, aws_proxy: Proxy) -> None:
    aws_text = "Firehose is unable to assume role arn:aws:iam::1:role/x. Please check the role provided."
    aws_proxy.fault = proxy.refusing("CreateDeliveryStream", 5, 400, "InvalidArgumentException", aws_text)
    assert ended_well(case, aws_proxy) == []


@pytest.mark.sampled(1, rest="faults")
@pytest.mark.parametrize("code", ["UnrecognizedClientException", "AccessDeniedException"])
def test_a_key_that_aws_does_not_know_yet(case: Case, aws_proxy: Proxy, code: str) -> None:
    aws_proxy.fault = proxy.refusing("PutRecord", 4, 400, code, "The security token included in the request is invalid")
    assert ended_well(case, aws_proxy) == []
    assert aws_proxy.seen["CreateAccessKey"] == 1


@pytest.mark.sampled(1, rest="faults")
@pytest.mark.parametrize("operation", ["CreateAccessKey", "AttachUserPolicy", "PutRolePolicy"])
def test_what_iam_made_a_moment_ago_and_does_not_know_yet(case: Case, aws_proxy: Proxy, operation: str) -> None:
    aws_proxy.fault = proxy.refusing(operation, 3, 404, "NoSuchEntity", "The user with name x cannot be found.")
    assert ended_well(case, aws_proxy) == []
    assert aws_proxy.seen["CreateUser"] == 1


def test_a_stream_that_takes_its_time(case: Case, aws_proxy: Proxy) -> None:
    answers = iter([*["CREATING"] * 2, "ACTIVE", *["UPDATING"] * 2, "ACTIVE", "UPDATING", "ACTIVE", "UPDATING"])

    def slow(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        answer = carry_out()
        if request.operation != "DescribeStreamSummary" or answer.status != 200:
            return answer
        altered = json.loads(answer.body)
        altered["StreamDescriptionSummary"]["StreamStatus"] = next(answers, "ACTIVE")
        return replace(answer, body=json.dumps(altered).encode())

    aws_proxy.fault = slow
    assert ended_well(case, aws_proxy) == []


@pytest.mark.sampled(1, rest="faults")
@pytest.mark.parametrize(
    "between",
    [
        pytest.param(proxy.lost_answers({"CreateAccessKey"}), id="dropped"),
        pytest.param(proxy.refusing("CreateAccessKey", 1, 500, "ServiceFailure"), id="500"),
        pytest.param(proxy.hanging("CreateAccessKey", 11), id="timed out"),
    ],
)
def test_an_attempt_asks_for_its_key_once(case: Case, aws_proxy: Proxy, between: proxy.Fault) -> None:
    aws_proxy.fault = between
    while not aws_proxy.seen["CreateAccessKey"]:
        drive(case.run_id, turns=1)
    assert aws_proxy.seen["CreateAccessKey"] == 1
    assert ended_well(case, aws_proxy) == []
    assert aws_proxy.seen["CreateUser"] == aws_proxy.seen["CreateAccessKey"]


def test_no_key_of_a_cancelled_or_failed_run_can_do_anything(
    case: Case, aws_proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(iam_lag, "SETTLES", timedelta(seconds=2))
    aws_proxy.fault = proxy.refusing("AttachUserPolicy", 99, 403, "AccessDenied")
    drive(case.run_id)
    aws_proxy.fault = proxy.no_fault
    root: AwsSession = case.root()
    assert case.run.state == "failed"
    assert root.client("iam").list_users(PathPrefix="/sluice/")["Users"] == []


def test_a_run_that_failed_after_its_key_makes_another_when_retried(case: Case, aws_proxy: Proxy) -> None:
    from onboarding.integrations import runs

    aws_proxy.fault = proxy.refusing("AttachUserPolicy", 1, 403, "AccessDenied")
    drive(case.run_id)
    runs.retry_run(run=case.run, actor="test")
    assert ended_well(case, aws_proxy) == []
