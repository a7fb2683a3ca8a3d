"""One and the same Celery message, byte for byte, delivered ten times through Redis to two real workers: at once, in
the middle of the run, and after its end. There is one of everything.
"""

import redis
from kombu import Connection

from onboarding.tasks import advance_run
from tests.faults import invariants, proxy
from tests.faults.case import new_case
from tests.faults.installation import Installation
from tests.faults.outages import is_over
from tests.faults.proxy import Answer, Request
from tests.faults.workloads import account
from tests.waiting import wait_for

TIMES, QUEUE = 10, "provisioning"
MADE_ONCE = {"CreateStream", "CreatePolicy", "CreateBucket", "CreateRole", "CreateLogGroup", "CreateDeliveryStream"}
KEY_ONCE = {"CreateUser", "CreateAccessKey", "AttachUserPolicy"}


def sent_once(portal: Installation, run_id: int, task_id: str) -> bytes:
    """Send the message that wakes a run, and take it out of the queue again: what Redis holds of it."""
    with Connection(portal.redis.url) as broker:
        advance_run.apply_async(kwargs={"run_id": run_id}, task_id=task_id, connection=broker)
    with redis.Redis.from_url(portal.redis.url) as client:
        [message] = client.lrange(QUEUE, 0, -1)
        client.delete(QUEUE)
    return bytes(message)


def deliver(portal: Installation, message: bytes) -> None:
    """Put the message into the queue ten times."""
    with redis.Redis.from_url(portal.redis.url) as client:
        client.lpush(QUEUE, *[message] * TIMES)


def received(portal: Installation, task_id: str) -> int:
    """Count how often the workers got the message."""
    return portal.log.read_text().count(f"onboarding.advance_run[{task_id}] received")


def test_the_same_message_ten_times_to_real_workers(portal: Installation) -> None:
    case, task_id = new_case(portal.client_key), "5f0c2d9e-0000-4000-8000-000000000010"
    message = sent_once(portal, case.run_id, task_id)
    again = iter([message])

    def fault(request: Request, nth: int, carry_out) -> Answer:
        answer = carry_out()
        if request.operation == "CreateDeliveryStream" and (once_more := next(again, None)):
            deliver(portal, once_more)
        return answer

    portal.aws.seen.clear()
    portal.aws.fault = fault
    deliver(portal, message)
    try:
        with portal.worker(), portal.worker_alone("second"):
            wait_for(lambda: is_over(case.run_id), 120, "the end of the run")
            wait_for(lambda: received(portal, task_id) == 2 * TIMES, 30, "every delivery")
            before = account(case)
            deliver(portal, message)
            wait_for(lambda: received(portal, task_id) == 3 * TIMES, 30, "every delivery")
    finally:
        portal.aws.fault = proxy.no_fault
    assert invariants.broken(case) == []
    assert account(case) == before
    assert case.run.integration.credentials.count() == 1
    assert {operation: portal.aws.seen[operation] for operation in MADE_ONCE | KEY_ONCE} == dict.fromkeys(
        MADE_ONCE | KEY_ONCE, 1
    )
