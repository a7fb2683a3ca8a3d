"""AWS throttles, fails, loses answers and lags behind while an integration is removed: all of it goes, nothing else."""

import random
from collections.abc import Callable, Iterator

import pytest

from portal.local.ministack import MiniStack
from tests.faults import proxy
from tests.faults.plots import PLOTS
from tests.faults.proxy import Answer, Lost, Proxy, Request, Weather
from tests.faults.scene import Scene, new_scene
from tests.faults.story import Rig
from tests.faults.worker import drive

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


def throttling() -> Weather:
    dice = random.Random(5)

    def weather(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if dice.random() >= 0.3:
            return carry_out()
        if request.dialect == "s3":
            return request.error(503, "SlowDown", "Please reduce your request rate.")
        return request.error(400, "ThrottlingException", "Rate exceeded")

    return weather


def breaking() -> Weather:
    dice = random.Random(3)

    def weather(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if dice.random() < 0.15:
            raise Lost
        answer = carry_out()
        if dice.random() < 0.15:
            raise Lost
        return answer

    return weather


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
def weather(ministack: MiniStack, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda self, context: 0.01)
    with Proxy(ministack).running() as between:
        monkeypatch.setenv("AWS_ENDPOINT_URL", between.url)
        yield between


@pytest.fixture
def scene(rig: Rig) -> Scene:
    """An integration about to be removed, set up in fair weather."""
    made = new_scene(rig.client_key)
    assert drive(made.run_id) == "done"
    return PLOTS["remove"].begin(made)


@pytest.mark.parametrize("kind", KINDS)
def test_a_removal_in_bad_weather_ends_well(scene: Scene, weather: Proxy, kind: str) -> None:
    weather.weather = KINDS[kind]()
    drive(scene.run_id, turns=80)
    weather.weather = proxy.fair
    assert PLOTS["remove"].broken(scene) == []
    assert {name for name in DELETES if weather.seen[name]} == DELETES
