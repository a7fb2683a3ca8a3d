"""Requested checks: requested once, claimed by one worker, written by the one that holds them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from onboarding import check_queue
from onboarding.models.integration import Integration
from onboarding.models.requested_check import CHECK_EXPIRES
from onboarding.models.resource_check import ResourceCheck
from portal.celery import app
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy.models import Tenant

pytestmark = pytest.mark.django_db
WAITING = Message("check.waiting")


@pytest.fixture
def integration(db: None) -> Integration:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    return Integration.objects.create(tenant=tenant, name="air")


def requested(integration: Integration, **typed: str) -> ResourceCheck:
    of: dict[str, Any] = {"integration": integration, "kind": ResourceCheck.Kind.STREAM, "part": ""}
    inputs = {"input": {"name": "sluice-air", **typed}}
    return check_queue.request(ResourceCheck, of=of, inputs=inputs, actor="ada", progress=WAITING)


def claimed(integration: Integration) -> ResourceCheck:
    found = check_queue.claim(ResourceCheck, requested(integration).pk)
    assert found is not None
    return found


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> list[str]:
    """The tasks for which a message was sent."""
    sent: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda task, **_: sent.append(task))
    return sent


def test_the_same_request_is_made_once_while_it_is_open(
    integration: Integration, messages: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = requested(integration)
        assert requested(integration).requested_at == first.requested_at
    assert messages == ["onboarding.check_resource"]
    with django_capture_on_commit_callbacks(execute=True):
        other = requested(integration, name="sluice-water")
    assert (other.pk, other.input, len(messages)) == (first.pk, {"name": "sluice-water"}, 2)
    assert other.requested_at > first.requested_at


@pytest.mark.parametrize("ended", [{"finished_at": timezone.now()}, {"requested_at": timezone.now() - CHECK_EXPIRES}])
def test_what_is_over_is_requested_anew_and_nothing_of_it_stays(
    integration: Integration, ended: dict[str, Any]
) -> None:
    claimed(integration)
    ResourceCheck.objects.update(problem=Message("check.not_finished"), **ended)
    again = requested(integration)
    assert (again.finished_at, again.claimed_at, again.problem, again.progress) == (None, None, None, WAITING)
    assert again.requested_at > timezone.now() - timedelta(minutes=1)


def test_one_worker_claims_a_check_and_another_when_it_has_ended(integration: Integration) -> None:
    first = claimed(integration)
    assert check_queue.claim(ResourceCheck, first.pk) is None
    ResourceCheck.objects.update(claimed_at=timezone.now() - check_queue.CLAIM_HOLDS)
    second = check_queue.claim(ResourceCheck, first.pk)
    assert second is not None
    check_queue.keep(first, progress=Message("check.not_finished"))
    assert ResourceCheck.objects.get().progress == WAITING, "the first has lost it"
    ResourceCheck.objects.update(finished_at=timezone.now(), claimed_at=None)
    assert check_queue.claim(ResourceCheck, first.pk) is None


def test_a_claim_outlasts_the_task() -> None:
    assert check_queue.CLAIM_HOLDS.total_seconds() > app.conf.task_time_limit


def test_a_worker_whose_check_was_requested_anew_writes_nothing(integration: Integration) -> None:
    check = claimed(integration)
    requested(integration, name="sluice-water")
    with check_queue.finishing(check, integration.tenant):
        pass
    assert ResourceCheck.objects.get().finished_at is None


def test_a_refusal_and_a_fault_become_the_problem(integration: Integration) -> None:
    with check_queue.finishing(claimed(integration), integration.tenant):
        raise validation_error(Message("tenant.suspended"))
    assert problem() == Message("tenant.suspended")
    with pytest.raises(ZeroDivisionError), check_queue.finishing(claimed(integration), integration.tenant):
        raise ZeroDivisionError
    assert problem() == Message("check.not_finished")


def test_a_worker_that_is_stopped_leaves_its_check_to_another(integration: Integration) -> None:
    with pytest.raises(SystemExit), check_queue.finishing(claimed(integration), integration.tenant):
        raise SystemExit
    assert ResourceCheck.objects.get().finished_at is None


def test_what_no_worker_did_in_time_says_so(integration: Integration) -> None:
    requested(integration)
    ResourceCheck.objects.update(requested_at=timezone.now() - CHECK_EXPIRES)
    assert problem() == Message("check.not_started")
    assert check_queue.claim(ResourceCheck, ResourceCheck.objects.get().pk) is None


def test_a_broker_that_is_away_leaves_the_check_to_the_sweep(
    integration: Integration,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(app, "send_task", away)
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    with django_capture_on_commit_callbacks(execute=True):
        check = requested(integration)
    assert ResourceCheck.objects.filter(check_queue.OPEN, check_queue.UNCLAIMED).get() == check
    assert check_queue.is_held_up(check)
    assert not check_queue.is_held_up(claimed(integration)), "a worker has it"


def problem() -> Message | None:
    return check_queue.problem_of(ResourceCheck.objects.get())
