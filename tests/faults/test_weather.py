"""AWS throttles, fails, loses answers and lags behind: the run ends well all the same, with one of everything."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack
from tests.faults import invariants, proxy
from tests.faults.proxy import Answer, Lost, Proxy, Request
from tests.faults.scene import Scene, new_scene
from tests.faults.story import Rig
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
def weather(ministack: MiniStack, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    with Proxy(ministack).running() as between:
        monkeypatch.setenv("AWS_ENDPOINT_URL", between.url)
        yield between


@pytest.fixture
def scene(rig: Rig, weather: Proxy) -> Scene:
    made = new_scene(rig.client_key)
    weather.seen.clear()
    return made


@pytest.fixture(autouse=True)
def _unhurried_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    # What waits is made due at once by `drive`; only the SDK's own pauses are shortened.
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda self, context: 0.01)


def ended_well(scene: Scene, weather: Proxy) -> list[str]:
    drive(scene.run_id, turns=60)
    weather.weather = proxy.fair
    return invariants.broken(scene)


@pytest.mark.parametrize("times", [1, 3], ids=["the SDK asks again", "the SDK gives up"])
def test_lost_answers_make_nothing_twice(scene: Scene, weather: Proxy, times: int) -> None:
    weather.weather = proxy.lost_answers(set(CREATES), times)
    assert ended_well(scene, weather) == []
    assert [operation for operation in CREATES if weather.seen[operation] < max(2, times)] == []


def test_failures_of_aws_are_survived(scene: Scene, weather: Proxy) -> None:
    def failing(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if request.operation in CREATES and nth <= 4:
            return request.error(500, "InternalFailure")
        return carry_out()

    weather.weather = failing
    assert ended_well(scene, weather) == []


def test_throttling_on_a_third_of_all_calls(scene: Scene, weather: Proxy) -> None:
    dice = random.Random(7)

    def throttling(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if dice.random() < 0.3:
            if request.dialect == "s3":
                return request.error(503, "SlowDown", "Please reduce your request rate.")
            return request.error(400, "ThrottlingException", "Rate exceeded")
        return carry_out()

    weather.weather = throttling
    assert ended_well(scene, weather) == []


def test_connections_that_break_on_a_third_of_all_calls(scene: Scene, weather: Proxy) -> None:
    dice = random.Random(11)

    def breaking(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if dice.random() < 0.15:
            raise Lost
        answer = carry_out()
        if dice.random() < 0.15:
            raise Lost
        return answer

    weather.weather = breaking
    assert ended_well(scene, weather) == []


def test_a_role_that_firehose_cannot_assume_yet(scene: Scene, weather: Proxy) -> None:
    words = "Firehose is unable to assume role arn:aws:iam::1:role/x. Please check the role provided."
    weather.weather = proxy.refusing("CreateDeliveryStream", 5, 400, "InvalidArgumentException", words)
    assert ended_well(scene, weather) == []


@pytest.mark.parametrize("code", ["UnrecognizedClientException", "AccessDeniedException"])
def test_a_key_that_aws_does_not_know_yet(scene: Scene, weather: Proxy, code: str) -> None:
    weather.weather = proxy.refusing("PutRecord", 4, 400, code, "The security token included in the request is invalid")
    assert ended_well(scene, weather) == []
    assert weather.seen["CreateAccessKey"] == 1


@pytest.mark.parametrize("operation", ["CreateAccessKey", "AttachUserPolicy", "PutRolePolicy"])
def test_what_iam_made_a_moment_ago_and_does_not_know_yet(scene: Scene, weather: Proxy, operation: str) -> None:
    weather.weather = proxy.refusing(operation, 3, 404, "NoSuchEntity", "The user with name x cannot be found.")
    assert ended_well(scene, weather) == []
    assert weather.seen["CreateUser"] == 1


def test_a_stream_that_takes_its_time(scene: Scene, weather: Proxy) -> None:
    answers = iter([*["CREATING"] * 2, "ACTIVE", *["UPDATING"] * 2, "ACTIVE", "UPDATING", "ACTIVE", "UPDATING"])

    def slow(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        answer = carry_out()
        if request.operation != "DescribeStreamSummary" or answer.status != 200:
            return answer
        told = json.loads(answer.body)
        told["StreamDescriptionSummary"]["StreamStatus"] = next(answers, "ACTIVE")
        return replace(answer, body=json.dumps(told).encode())

    weather.weather = slow
    assert ended_well(scene, weather) == []


@pytest.mark.parametrize(
    "between",
    [
        proxy.lost_answers({"CreateAccessKey"}),
        proxy.refusing("CreateAccessKey", 1, 500, "ServiceFailure"),
        proxy.hanging("CreateAccessKey", 11),
    ],
    ids=["dropped", "500", "timed out"],
)
def test_an_attempt_asks_for_its_key_once(scene: Scene, weather: Proxy, between: proxy.Weather) -> None:
    weather.weather = between
    while not weather.seen["CreateAccessKey"]:
        drive(scene.run_id, turns=1)
    assert weather.seen["CreateAccessKey"] == 1
    assert ended_well(scene, weather) == []
    assert weather.seen["CreateUser"] == weather.seen["CreateAccessKey"]


def test_no_key_of_a_cancelled_or_failed_run_can_do_anything(scene: Scene, weather: Proxy) -> None:
    weather.weather = proxy.refusing("AttachUserPolicy", 99, 403, "AccessDenied")
    drive(scene.run_id)
    weather.weather = proxy.fair
    root: AwsSession = scene.root()
    assert scene.run.state == "failed"
    assert root.client("iam").list_users(PathPrefix="/sluice/")["Users"] == []


def test_a_run_that_failed_after_its_key_makes_another_when_retried(scene: Scene, weather: Proxy) -> None:
    from onboarding.integrations import runs

    weather.weather = proxy.refusing("AttachUserPolicy", 1, 403, "AccessDenied")
    drive(scene.run_id)
    runs.retry_run(run=scene.run, actor="test")
    assert ended_well(scene, weather) == []
