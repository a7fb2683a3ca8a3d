"""Staff see which integrations accept records from the vendor's networks; support starts the update."""

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from onboarding.models.run import Run
from portal.tenancy.models import StaffRole, Tenant
from tests.onboarding.integrations.test_network_updates import NOW, live, vendor
from tests.world import person

__all__ = ["vendor"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


def staff(role: StaffRole) -> Client:
    client = Client()
    client.force_login(person(f"{role}@vendor.example", is_staff=True, staff_role=role))
    return client


def test_support_starts_the_update_and_operators_see_it(settings: LazySettings) -> None:
    north = Tenant.objects.create(slug="north", name="North Tower")
    live(north, "current", [list(NOW), []])
    stale = live(north, "earlier", [["9.9.9.0/24"], []])
    operator, support, url = staff(StaffRole.OPERATOR), staff(StaffRole.SUPPORT), reverse("networks")
    seen = operator.get(url).content.decode()
    assert ("North Tower" in seen, NOW[0] in seen, "Update outdated" in seen) == (True, True, False)
    assert operator.post(url).status_code == 404
    assert "Update outdated integrations" in support.get(url).content.decode()
    after = support.post(url, follow=True).content.decode()
    assert "1 run was started." in after
    assert [run.integration_id for run in Run.objects.all()] == [stale.pk]
    assert Run.objects.get().requested_by == "support@vendor.example"
    settings.SLUICE_VENDOR_NETWORKS = ()
    assert "AWS accepts records from everywhere" in operator.get(url).content.decode()
