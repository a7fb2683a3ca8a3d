"""A diagnosis is requested once for all who view a stream, done by one worker, and kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from monitoring.diagnosis import requests
from monitoring.diagnosis.report import Report
from monitoring.tasks import diagnose
from onboarding import check_queue
from onboarding.models.diagnosis import Diagnosis
from onboarding.models.integration import Integration
from portal.celery import app
from portal.tenancy.models import AuditEvent, Tenant
from tests.monitoring.conftest import live_integration
from tests.monitoring.diagnosis.reports import denied_report, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def integration(db: None) -> Integration:
    return live_integration(Tenant.objects.create(slug="northwind", name="Northwind Estates"))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks for which a message was sent."""
    found: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda task, **_: found.append(task))
    return found


def test_several_viewers_request_one_diagnosis(
    integration: Integration, sent: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert [requests.request(integration=integration, actor=name) for name in ("ada", "sue", "bo")] == [
            True,
            False,
            False,
        ]
    assert sent == ["monitoring.diagnose"]
    assert AuditEvent.objects.filter(action="monitoring:diagnosis:requested").count() == 1
    assert Diagnosis.objects.get().requested_by == "ada"


def test_one_stream_is_not_diagnosed_again_within_half_a_minute(integration: Integration, sent: list[str]) -> None:
    check = stored(integration)
    assert not requests.request(integration=integration, actor="sue")
    Diagnosis.objects.filter(pk=check.pk).update(finished_at=timezone.now() - requests.AGAIN_AFTER)
    assert requests.request(integration=integration, actor="sue")
    kept = requests.report_in(requests.last(integration.pk))
    assert kept is not None, "the last results stay until there are new ones"
    assert kept.requested_by == "ada@northwind.example"


def test_a_suspended_tenant_requests_none(integration: Integration) -> None:
    integration.tenant.is_suspended = True
    with pytest.raises(ValidationError):
        requests.request(integration=integration, actor="ada")
    assert not Diagnosis.objects.exists()


def test_a_worker_that_was_paused_replaces_nothing(
    integration: Integration, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    requests.request(integration=integration, actor="ada")
    check = Diagnosis.objects.get()
    paused = check_queue.claim(Diagnosis, check.pk)
    assert paused is not None
    later = timezone.now() - check_queue.CLAIM_HOLDS - timedelta(seconds=1)
    Diagnosis.objects.update(claimed_at=later)
    assert requests.waits_for_worker(_last(integration)), "its worker has ended, as far as anyone can see"
    second = check_queue.claim(Diagnosis, check.pk)
    assert second is not None
    check_queue.keep(second, results=denied_report().as_json())
    check_queue.keep(paused, results={})
    assert requests.report_in(_last(integration)) is not None


def test_a_diagnosis_that_no_worker_begins_is_seen(integration: Integration, sent: list[str]) -> None:
    requests.request(integration=integration, actor="ada")
    assert not requests.waits_for_worker(_last(integration))
    Diagnosis.objects.update(requested_at=timezone.now() - requests.STARTS_WITHIN - timedelta(seconds=1))
    assert requests.waits_for_worker(_last(integration))
    Diagnosis.objects.update(requested_at=timezone.now() - timedelta(hours=1))
    assert requests.waits_for_worker(_last(integration)), "no worker did it in time"


def test_a_stream_that_is_not_there_any_more_ends_with_its_reason(integration: Integration, sent: list[str]) -> None:
    requests.request(integration=integration, actor="ada")
    Integration.objects.update(state="removing")
    diagnose(check_id=Diagnosis.objects.get().pk)
    check = _last(integration)
    assert (check.problem.code, check.finished_at is None, check.results) == ("stream.missing", False, {})


def test_a_report_that_was_stored_is_the_same() -> None:
    report = denied_report()
    assert Report.__eq__(requests.report_of(report.as_json()), report)


def _last(integration: Integration) -> Diagnosis:
    found = requests.last(integration.pk)
    assert found is not None
    return found
