"""Support staff's admin: sees every state in words, retries and cancels by the services, and nobody else gets in."""

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.integrations import runs
from onboarding.integrations.context_factory import open_run
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.provisioning import engine
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(email: str) -> Client:
    client = Client()
    assert client.login(username=email, password=PASSWORD)
    return client


@pytest.fixture
def failed_run(world: World) -> Run:
    """A run that stopped because somebody else has a stream of that name."""
    connection, recipient = world.connected(), world.recipient()
    world.root().client("kinesis").create_stream(StreamName="sluice-sensors", ShardCount=1, Tags={"owner": "somebody"})
    integration = Integration.objects.create(tenant=world.tenant, name="x")
    spec = world.spec(connection, recipient, delivery=False)
    run = runs.start_run(integration=integration, actor=world.admin, spec=spec)
    engine.advance(run.pk, open_run)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    return run


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


def test_an_operator_looks_and_does_not_act(world: World, failed_run: Run) -> None:
    client = signed_in("operator@vendor.example")
    assert client.get(reverse("admin:onboarding_run_changelist")).status_code == 200
    client.post(reverse("admin:onboarding_run_changelist"), {"action": "retry", "_selected_action": [failed_run.pk]})
    failed_run.refresh_from_db()
    assert failed_run.state == RunState.FAILED


@pytest.mark.parametrize("email", ["admin@northwind.example", "admin@contoso.example"])
def test_for_a_client_the_admin_does_not_exist(world: World, email: str) -> None:
    client = signed_in(email)
    assert client.get("/admin/").status_code == 404
    assert client.get("/admin/login/").status_code == 404
    assert client.get(reverse("admin:onboarding_run_changelist")).status_code == 404


def test_every_admin_list_opens(world: World, failed_run: Run) -> None:
    client = signed_in("support@vendor.example")
    for name in (
        "tenancy_tenant",
        "tenancy_user",
        "tenancy_auditevent",
        "onboarding_connection",
        "onboarding_integration",
        "onboarding_run",
        "onboarding_pgpkey",
    ):
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200, name
    tenant = client.get(reverse("admin:tenancy_tenant_change", args=[world.tenant.pk])).content.decode()
    assert "production" in tenant
    assert "sluice-sensors" in tenant
    integration = reverse("admin:onboarding_integration_change", args=[failed_run.integration_id])
    page = client.get(integration)
    assert page.status_code == 200
    assert "https://kinesis.eu-west-1.amazonaws.com (standard endpoint)" in page.content.decode()
