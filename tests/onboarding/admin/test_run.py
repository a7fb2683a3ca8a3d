"""Support staff read why a run stopped, and retry and cancel runs through the services; operators only read."""

import pytest
from django.urls import reverse

from onboarding.integrations import runs
from onboarding.integrations.context_factory import open_run
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.provisioning import engine
from tests.onboarding.admin.staff import signed_in
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_support_reads_why_a_run_stopped(world: World, failed_run: Run) -> None:
    page = signed_in("support@vendor.example").get(reverse("admin:onboarding_run_change", args=[failed_run.pk]))
    assert "already exists and was not created by Sluice" in page.content.decode()


def test_support_retries_through_the_same_service(world: World, failed_run: Run) -> None:
    world.root().client("kinesis").delete_stream(StreamName="sluice-sensors")
    form = {"action": "retry", "_selected_action": [failed_run.pk]}
    signed_in("support@vendor.example").post(reverse("admin:onboarding_run_changelist"), form)
    failed_run.refresh_from_db()
    assert failed_run.state == RunState.PENDING
    event = world.tenant.audit_events.get(action="onboarding:run:retried")
    assert event.actor == "support@vendor.example"


def test_support_cancels(world: World, failed_run: Run) -> None:
    runs.retry_run(run=failed_run, actor="x")
    form = {"action": "cancel", "_selected_action": [failed_run.pk]}
    signed_in("support@vendor.example").post(reverse("admin:onboarding_run_changelist"), form)
    engine.advance(failed_run.pk, open_run)
    failed_run.refresh_from_db()
    assert failed_run.state == RunState.CANCELLED


def test_an_operator_reads_and_does_not_act(world: World, failed_run: Run) -> None:
    client = signed_in("operator@vendor.example")
    assert client.get(reverse("admin:onboarding_run_changelist")).status_code == 200
    client.post(reverse("admin:onboarding_run_changelist"), {"action": "retry", "_selected_action": [failed_run.pk]})
    failed_run.refresh_from_db()
    assert failed_run.state == RunState.FAILED
