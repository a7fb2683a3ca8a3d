"""Drafts: how many there may be, and which of two pages that cross on their way counts."""

import pytest
from django.core.exceptions import ValidationError

from onboarding.drafts import services
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from portal.tenancy.models import AuditEvent, Tenant
from tests.onboarding.pages import verified_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="northwind", name="Northwind")


def test_a_tenant_has_so_many_drafts_and_no_more(tenant: Tenant) -> None:
    other = Tenant.objects.create(slug="contoso", name="Contoso")
    for owner in (tenant, other):
        Integration.objects.bulk_create(
            Integration(tenant=owner, uid=f"{owner.pk}-{number}", name="x")
            for number in range(services.MOST_DRAFTS - 1)
        )
    last = services.start_integration(tenant=tenant, actor="a test")
    with pytest.raises(ValidationError, match="50 open drafts"):
        services.start_integration(tenant=tenant, actor="a test")
    assert services.start_integration(tenant=other, actor="a test"), "another's drafts do not count"
    services.discard_draft(integration=last, actor="a test")
    assert services.start_integration(tenant=tenant, actor="a test")


@pytest.mark.parametrize("state", [state for state in IntegrationState if state != IntegrationState.DRAFT])
def test_only_a_draft_is_discarded(tenant: Tenant, state: IntegrationState) -> None:
    integration = Integration.objects.create(
        tenant=tenant, name="x", state=state, spec={}, connection=verified_connection(tenant)
    )
    with pytest.raises(ValidationError):
        services.discard_draft(integration=integration, actor="a test")
    assert Integration.objects.filter(pk=integration.pk).exists()


def test_a_discarded_draft_leaves_its_connection_and_a_line_in_the_audit_trail(tenant: Tenant) -> None:
    connection = verified_connection(tenant)
    integration = services.start_integration(tenant=tenant, actor="a test")
    Integration.objects.filter(pk=integration.pk).update(connection=connection)
    services.discard_draft(integration=integration, actor="ada@northwind.example")
    assert not Integration.objects.exists()
    connection.refresh_from_db()
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.actor) == ("onboarding:integration:draft-discarded", "ada@northwind.example")


def test_what_was_saved_while_typing_loses_against_what_was_submitted(tenant: Tenant) -> None:
    integration = services.start_integration(tenant=tenant, actor="a test")
    shown_in = integration.turn
    services.save_page(integration=integration, page="stream", values={"name": "half"}, turn=shown_in)
    services.begin_turn(integration=integration)
    services.save_page(integration=integration, page="stream", values={"name": "whole"})
    with pytest.raises(services.StaleDraft):
        services.save_page(integration=integration, page="stream", values={"name": "hal"}, turn=shown_in)
    with pytest.raises(services.StaleDraft):
        services.save_delivery(integration=integration, key="1", values={"kind": "s3"}, turn=shown_in)
    integration.refresh_from_db()
    assert integration.draft == {"stream": {"name": "whole"}}
    assert integration.name == "whole"


def test_deliveries_are_kept_each_for_itself(tenant: Tenant) -> None:
    integration = services.start_integration(tenant=tenant, actor="a test")
    services.save_delivery(integration=integration, key="2", values={"name": "b"})
    found = services.save_delivery(integration=integration, key="1", values={"name": "a"})
    assert found == {"1": {"name": "a"}, "2": {"name": "b"}}
    assert services.save_delivery(integration=integration, key="1", values=None) == {"2": {"name": "b"}}
    assert services.save_delivery(integration=integration, key="9", values=None) == {"2": {"name": "b"}}
    assert services.save_delivery(integration=integration, key="2", values=None) == {}


def test_an_integration_that_lives_keeps_its_name(tenant: Tenant) -> None:
    integration = Integration.objects.create(
        tenant=tenant, name="Harbour", state=IntegrationState.LIVE, spec={}, connection=verified_connection(tenant)
    )
    services.save_page(integration=integration, page="stream", values={"name": "sluice-other"})
    integration.refresh_from_db()
    assert integration.name == "Harbour"


def test_a_suspended_tenant_drafts_nothing(tenant: Tenant) -> None:
    integration = services.start_integration(tenant=tenant, actor="a test")
    Tenant.objects.filter(pk=tenant.pk).update(is_suspended=True)
    integration = Integration.objects.select_related("tenant").get(pk=integration.pk)
    for act in (
        lambda: services.start_integration(tenant=integration.tenant, actor="a test"),
        lambda: services.discard_draft(integration=integration, actor="a test"),
        lambda: services.save_page(integration=integration, page="stream", values={}),
        lambda: services.save_delivery(integration=integration, key="1", values={}),
    ):
        with pytest.raises(ValidationError):
            act()
    integration.refresh_from_db()
    assert integration.draft == {}
