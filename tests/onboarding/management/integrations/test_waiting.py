"""Waiting for a run: what is printed meanwhile, and when it fails."""

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.core.management.base import OutputWrapper
from django.db import connection

from onboarding.management.integrations.waiting import wait_if_asked
from onboarding.models.run import Run
from onboarding.models.states import RunState, StepState
from portal import database_scope
from portal.command_line import CommandFailed
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from portal.tenancy.models import Tenant
from tests.onboarding.management.integrations.rows import integration, run_of, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="northwind", name="Northwind Estates")


def printed(run: Run, **options: bool | int) -> str:
    out = io.StringIO()
    wait_if_asked(run, {"wait": True, "timeout": 5, "as_json": False, **options}, OutputWrapper(out))
    return out.getvalue()


def test_waiting_prints_each_finished_step_once(tenant: Tenant) -> None:
    run = run_of(integration(tenant))
    done, skipped = step(run, 1, StepState.DONE), step(run, 2, StepState.SKIPPED)
    step(run, 3, StepState.TODO)
    assert printed(run).splitlines() == [f"done: {text_of(each.title)}" for each in (done, skipped)]


def test_with_json_no_step_is_printed(tenant: Tenant) -> None:
    run = run_of(integration(tenant))
    step(run, 1, StepState.DONE)
    assert printed(run, as_json=True) == ""


def test_a_run_that_fails_fails_the_command_with_its_message(tenant: Tenant) -> None:
    run = run_of(integration(tenant), RunState.FAILED, failure=Message("refused.no_bucket", bucket="b"))
    with pytest.raises(CommandFailed) as caught:
        printed(run, as_json=True)
    assert [entry["code"] for entry in caught.value.errors] == ["refused.no_bucket"]


def test_a_run_that_takes_longer_continues_without_the_command(tenant: Tenant) -> None:
    run = run_of(integration(tenant), RunState.WAITING)
    with pytest.raises(CommandFailed, match=r"did not finish within 0 s\. It continues without this command"):
        printed(run, timeout=0)


def test_without_wait_nothing_is_printed(tenant: Tenant) -> None:
    run = run_of(integration(tenant), RunState.FAILED, failure=Message("refused.no_bucket", bucket="b"))
    step(run, 1, StepState.DONE)
    assert printed(run, wait=False) == ""


@contextmanager
def postgresql_restarted(run: Run, *, is_back: bool) -> Iterator[None]:
    """End this thread's connection as a restart does, refuse new ones for half a second, then finish the run."""
    session = connection.cursor().connection.info.backend_pid
    ready = threading.Event()

    def restart() -> None:
        with connection.cursor() as cursor:  # this thread's own connection, opened while that is possible
            ready.set()
            time.sleep(0.1)
            with patch.dict(connection.settings_dict, HOST="/nowhere"):
                cursor.execute("SELECT pg_terminate_backend(%s)", [session])
                time.sleep(0.5 if is_back else 1.5)
            Run.objects.filter(pk=run.pk).update(state=RunState.DONE)
        connection.close()

    thread = threading.Thread(target=database_scope.carried(restart))
    thread.start()
    ready.wait(5)
    try:
        yield
    finally:
        thread.join(10)


@pytest.mark.django_db(transaction=True)
def test_waiting_outlasts_a_restart_of_postgresql(tenant: Tenant) -> None:
    run = run_of(integration(tenant), RunState.WAITING)
    with postgresql_restarted(run, is_back=True):
        printed(run)
    assert run.state == RunState.DONE


@pytest.mark.django_db(transaction=True)
def test_a_postgresql_that_stays_away_ends_the_waiting_at_its_time(tenant: Tenant) -> None:
    run = run_of(integration(tenant), RunState.WAITING)
    with postgresql_restarted(run, is_back=False), pytest.raises(CommandFailed, match=r"did not finish within 1\.0 s"):
        printed(run, timeout=1)
