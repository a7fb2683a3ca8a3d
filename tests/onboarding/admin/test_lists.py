"""Support staff can open every list; for clients the admin does not exist."""

import pytest
from django.urls import reverse

from onboarding.models.run import Run
from tests.onboarding.admin.staff import signed_in
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


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
