"""Waiting for a run: what is printed meanwhile, and when it fails."""

import io

import pytest
from django.core.management.base import OutputWrapper

from onboarding.management.integrations.waiting import wait_if_asked
from onboarding.models.run import Run
from onboarding.models.states import RunState, StepState
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
