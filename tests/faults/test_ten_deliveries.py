"""One and the same Celery message, byte for byte, delivered ten times through Redis to two real workers: at once, in
the middle of the run, and after its end. There is one of everything.
"""

import pytest
import redis
from kombu import Connection

from onboarding.tasks import advance_run
from tests.faults import invariants, proxy
from tests.faults.outages import is_over
from tests.faults.plots import account
from tests.faults.proxy import Answer, Request
from tests.faults.scene import new_scene
from tests.faults.stage import Stage, wait_for

TIMES, QUEUE = 10, "sluice"
MADE_ONCE = {"CreateStream", "CreatePolicy", "CreateBucket", "CreateRole", "CreateLogGroup", "CreateDeliveryStream"}
KEY_ONCE = {"CreateUser", "CreateAccessKey", "AttachUserPolicy"}


def sent_once(theatre: Stage, run_id: int, task_id: str) -> bytes:
    """Send the message that wakes a run, and take it out of the queue again: what Redis holds of it."""
    with Connection(theatre.redis.url) as broker:
        advance_run.apply_async(kwargs={"run_id": run_id}, task_id=task_id, connection=broker)
    with redis.Redis.from_url(theatre.redis.url) as client:
        [message] = client.lrange(QUEUE, 0, -1)
        client.delete(QUEUE)
    return bytes(message)


def deliver(theatre: Stage, message: bytes) -> None:
    """Put the message into the queue ten times."""
    with redis.Redis.from_url(theatre.redis.url) as client:
        client.lpush(QUEUE, *[message] * TIMES)


def received(theatre: Stage, task_id: str) -> int:
    """Count how often the workers got the message."""
    return theatre.log.read_text().count(f"onboarding.advance_run[{task_id}] received")


@pytest.mark.slow
def test_the_same_message_ten_times_to_real_workers(theatre: Stage) -> None:
    scene, task_id = new_scene(theatre.client_key), "5f0c2d9e-0000-4000-8000-000000000010"
    message = sent_once(theatre, scene.run_id, task_id)
    again = iter([message])

    def weather(request: Request, nth: int, carry_out) -> Answer:
        answer = carry_out()
        if request.operation == "CreateDeliveryStream" and (once_more := next(again, None)):
            deliver(theatre, once_more)
        return answer

    theatre.aws.seen.clear()
    theatre.aws.weather = weather
    deliver(theatre, message)
    try:
        with theatre.worker(), theatre.worker_alone("second"):
            wait_for(lambda: is_over(scene.run_id), 120, "the end of the run")
            wait_for(lambda: received(theatre, task_id) == 2 * TIMES, 30, "every delivery")
            before = account(scene)
            deliver(theatre, message)
            wait_for(lambda: received(theatre, task_id) == 3 * TIMES, 30, "every delivery")
    finally:
        theatre.aws.weather = proxy.fair
    assert invariants.broken(scene) == []
    assert account(scene) == before
    assert scene.run.integration.credentials.count() == 1
    assert {one: theatre.aws.seen[one] for one in MADE_ONCE | KEY_ONCE} == dict.fromkeys(MADE_ONCE | KEY_ONCE, 1)
