"""The integration that a command names."""

import pytest

from onboarding.management.integrations.named import integration_with_name, named_integration
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from portal.command_line import CommandFailed
from portal.tenancy.models import Tenant
from tests.onboarding.management.integrations.rows import integration

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="northwind", name="Northwind Estates")


def called(name: str) -> Integration:
    return named_integration({"name": name, "tenant": "northwind"})


def test_an_integration_is_found_by_name_and_by_uid(tenant: Tenant) -> None:
    found = integration(tenant)
    assert called("harbour") == called(found.uid) == found


@pytest.mark.parametrize("state", [IntegrationState.DRAFT, IntegrationState.REMOVED])
def test_a_draft_or_removed_one_counts_only_where_there_is_no_other(tenant: Tenant, state: IntegrationState) -> None:
    first = integration(tenant, state=state)
    assert called("harbour") == first
    newest = integration(tenant, state=state)
    assert called("harbour") == newest
    live = integration(tenant)
    integration(tenant, state=state)
    assert called("harbour") == live


def test_another_tenants_integration_is_not_found(tenant: Tenant) -> None:
    found = integration(Tenant.objects.create(slug="contoso", name="Contoso Towers"))
    for name in ("harbour", found.uid):
        with pytest.raises(CommandFailed, match=f"Northwind Estates has no integration with the name or uid “{name}”"):
            called(name)


def test_a_draft_or_removed_one_leaves_its_name_to_another(tenant: Tenant) -> None:
    integration(tenant, state=IntegrationState.DRAFT)
    integration(tenant, state=IntegrationState.REMOVED)
    assert integration_with_name(tenant, "harbour") is None
    live = integration(tenant)
    assert integration_with_name(tenant, "harbour") == live
