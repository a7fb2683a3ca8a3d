"""Messages that come ten times, clicks that come fifty times, messages that never come: one run, one of everything."""

import os
import threading
from collections.abc import Callable

import botocore.client
import pytest
import redis
from django.db import connection

from onboarding import tasks
from onboarding.integrations import runs
from onboarding.integrations.context_factory import open_run
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.provisioning import claims, engine
from portal import database_scope
from tests import clock
from tests.faults import invariants
from tests.faults.case import new_case
from tests.faults.scenario import Rig
from tests.faults.worker import drive

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count: int, work: Callable[[], None]) -> list[BaseException]:
    """Do the same in many threads that begin together; returns what went wrong in them."""
    wrong: list[BaseException] = []
    start = threading.Barrier(count)

    def run() -> None:
        try:
            start.wait(10)
            work()
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=database_scope.carried(run)) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return wrong


def test_every_message_ten_times(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    case = new_case(rig.client_key)
    made: list[str] = []
    call = botocore.client.BaseClient._make_api_call

    def counted(client, operation, parameters):
        made.append(operation)
        return call(client, operation, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", counted)
    for _ in range(20):
        if case.run.status.is_over:
            break
        clock.pass_until_due(case.run_id)
        assert at_once(10, lambda: engine.advance(case.run_id, open_run) and None) == []
    assert invariants.broken(case) == []
    assert case.run.integration.credentials.count() == 1
    creates = [operation for operation in made if operation.startswith("Create")]
    assert sorted(creates) == sorted(set(creates)), "something was asked for twice"


def test_fifty_clicks_make_one_run(rig: Rig) -> None:
    case = new_case(rig.client_key)
    Run.objects.filter(pk=case.run_id).update(state="failed")
    integration = Integration.objects.get(pk=case.run.integration_id)
    assert at_once(50, lambda: runs.start_run(integration=integration, actor="test") and None) == []
    assert integration.runs.count() == 2
    assert integration.runs.filter(state="pending").count() == 1


def test_fifty_retries_go_on_once(rig: Rig) -> None:
    case = new_case(rig.client_key)
    Run.objects.filter(pk=case.run_id).update(state="failed")
    run = case.run
    assert at_once(50, lambda: runs.retry_run(run=run, actor="test") and None) == []
    assert case.run.integration.runs.count() == 1
    assert drive(case.run_id) == "done"
    assert invariants.broken(case) == []


def test_redis_emptied_in_the_middle_loses_nothing(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    case = new_case(rig.client_key)
    engine.advance(case.run_id, open_run)
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.flushall()
    sent: list[int] = []
    monkeypatch.setattr(tasks.advance_run, "apply_async", lambda *, kwargs, **_: sent.append(kwargs["run_id"]))
    for _ in range(40):
        if case.run.status.is_over:
            break
        clock.pass_until_due(case.run_id)
        tasks.sweep_runs()
        while sent:
            engine.advance(sent.pop(), open_run)
    assert invariants.broken(case) == []


def test_a_broker_that_is_away_costs_a_sweep_and_nothing_else(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    from kombu.exceptions import OperationalError

    def away(*_: object, **__: object) -> None:
        raise OperationalError("Connection refused")

    monkeypatch.setattr(tasks.advance_run, "apply_async", away)
    case = new_case(rig.client_key)
    assert claims.due() == [case.run_id]
