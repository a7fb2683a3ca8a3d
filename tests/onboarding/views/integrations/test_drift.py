"""Configuration drift on the page: who may act on it, and on what exactly."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding.integrations import drift
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.spec.remediation import Remediation, RemediationAction, digest
from portal.messages.message import Message
from portal.tenancy.models import AuditEvent, Tenant
from tests.architecture.population import Population, populate

KEY = Remediation(RemediationAction.DELETE_KEY, "sluice-sensors-1", "AKIASTRANGER")
POLICY = Remediation(RemediationAction.DETACH_POLICY, "sluice-sensors-1", "arn:aws:iam::aws:policy/AdministratorAccess")


@pytest.fixture
def people(db, clean_redis: str) -> Population:
    return populate()


def at(integration: Integration, name: str, **more: object) -> str:
    return reverse(name, kwargs={"slug": integration.tenant.slug, "uid": integration.uid, **more})


def accepted(client: Client, integration: Integration, finding: DriftFinding) -> HttpResponse:
    return client.post(at(integration, "drift_accept", pk=finding.pk), follow=True)


def added(integration: Integration, *remediations: Remediation, what: str = "drift.access_keys") -> DriftFinding:
    """Something that someone added to the IAM user."""
    integration.drift.all().delete()
    return DriftFinding.objects.create(
        integration=integration,
        step="access_key",
        what=Message(what, resource=Message("resource.user", name="sluice-sensors-1")),
        expected=Message("drift.none"),
        found=Message("drift.value", value="more"),
        remediations=[remediation.as_dict() for remediation in remediations],
    )


def test_a_viewer_reads_of_drift_and_changes_nothing(people: Population) -> None:
    live, viewer = people.ours.live, people.client("viewer")
    section = viewer.get(at(live, "drift_section")).content.decode()
    assert "48" in section
    assert "<form" not in section
    for address in (
        at(live, "drift_check"),
        at(live, "drift_accept", pk=people.ours.finding.pk),
        at(live, "integration_repair"),
    ):
        assert viewer.post(address).status_code == 403
    live.refresh_from_db()
    assert live.drift_requested_at is None
    assert not DriftFinding.objects.filter(accepted_at__isnull=False).exists()


def test_a_finding_is_accepted_with_the_name_of_who_did(people: Population) -> None:
    live, finding = people.ours.live, people.ours.finding
    page = accepted(people.client("admin"), live, finding).content.decode()
    assert "accepted by" in page
    finding.refresh_from_db()
    assert finding.accepted_by == "admin@northwind.example"
    first = finding.accepted_at
    accepted(people.client("admin"), live, finding)
    finding.refresh_from_db()
    assert finding.accepted_at == first
    assert AuditEvent.objects.filter(action="onboarding:drift:accepted").count() == 1


def test_a_finding_of_another_integration_is_none(people: Population) -> None:
    admin = people.client("admin")
    assert accepted(admin, people.ours.live, people.theirs.finding).status_code == 404
    assert accepted(admin, people.ours.self_managed, people.ours.finding).status_code == 404
    assert not DriftFinding.objects.filter(accepted_at__isnull=False).exists()


def test_a_key_that_sluice_did_not_make_is_accepted_by_no_one(people: Population) -> None:
    finding = added(people.ours.live, KEY)
    assert not finding.can_be_accepted
    page = accepted(people.client("admin"), people.ours.live, finding)
    finding.refresh_from_db()
    assert finding.accepted_at is None
    assert [str(message) for message in page.context["messages"]] != []


@pytest.mark.parametrize("seen", ["", "0" * 16, "KEY", "BOTH"])
def test_a_repair_removes_what_its_reader_saw_and_nothing_else(people: Population, seen: str) -> None:
    live = people.ours.live
    added(live, KEY, POLICY)
    assert set(drift.remediations_of(live)) == {KEY, POLICY}
    lists = {"KEY": digest([KEY]), "BOTH": digest([KEY, POLICY])}
    answer = people.client("admin").post(at(live, "integration_repair"), {"seen": lists.get(seen, seen)}, follow=True)
    notices = " ".join(str(message) for message in answer.context["messages"])
    assert ("has been updated. Review it" in notices) is (seen != "BOTH")
    if seen != "BOTH":
        assert not Run.objects.filter(integration=live).exclude(state=RunState.DONE).exists()


def test_the_page_carries_the_list_that_it_shows(people: Population) -> None:
    live = people.ours.live
    added(live, KEY)
    section = people.client("admin").get(at(live, "drift_section"))
    assert section.context["seen"] == digest([KEY])
    assert section.context["deletes"] is True
    assert "AKIASTRANGER" in section.content.decode()


def test_a_check_is_not_asked_for_beside_a_run(people: Population) -> None:
    live, admin = people.ours.live, people.client("admin")
    run = Run.objects.create(integration=live, state=RunState.RUNNING, spec=live.spec)
    admin.post(at(live, "drift_check"))
    live.refresh_from_db()
    assert live.drift_requested_at is None
    Run.objects.filter(pk=run.pk).update(state=RunState.DONE)
    admin.post(at(live, "drift_check"))
    live.refresh_from_db()
    assert live.drift_requested_at is not None


@pytest.mark.parametrize(
    ("asked", "checked", "is_checking"), [(5, None, True), (5, 3, False), (5, 9, True), (90, None, False)]
)
def test_a_page_waits_a_minute_for_a_check(
    people: Population, asked: int, checked: int | None, is_checking: bool
) -> None:
    now = timezone.now()
    times = {
        "drift_requested_at": now - timedelta(seconds=asked),
        "drift_checked_at": None if checked is None else now - timedelta(seconds=checked),
    }
    Integration.objects.filter(pk=people.ours.live.pk).update(**times)
    section = people.client("viewer").get(at(people.ours.live, "drift_section"))
    assert section.context["is_checking"] is is_checking
    assert ("hx-trigger" in section.content.decode()) is is_checking


def test_a_suspended_tenant_is_shown_no_button(people: Population) -> None:
    Tenant.objects.filter(pk=people.ours.tenant.pk).update(is_suspended=True)
    section = people.client("admin").get(at(people.ours.live, "drift_section"))
    assert "<form" not in section.content.decode()


def test_a_draft_has_nothing_to_check(people: Population) -> None:
    answer = people.client("admin").post(at(people.ours.draft, "integration_repair"), {"seen": ""})
    assert answer["Location"] == reverse("tenant_home", kwargs={"slug": people.ours.tenant.slug})
