"""The list of a tenant's access keys."""

import pytest
from django.urls import reverse

from onboarding.models.integration import Integration
from onboarding.models.rotation import Rotation
from portal.tenancy.models import Tenant
from tests.markup import on_one_line
from tests.onboarding.encrypted_keys import integration_of, key
from tests.onboarding.pages import signed_in
from tests.world import person

pytestmark = pytest.mark.django_db


def test_the_list_counts_the_rotations_that_are_open_and_each_key_leads_to_it() -> None:
    tenant = Tenant.objects.create(slug="north", name="North")
    ada = signed_in(person("ada@north.example", tenant).email)
    for name in ("harbour", "tower"):
        integration = integration_of(tenant, name)
        Integration.objects.filter(pk=integration.pk).update(state="live")
        copy = key(integration)
    page = ada.get(reverse("access_keys", kwargs={"slug": "north"})).content.decode()
    assert ("harbour" in page, "tower" in page, "Rotating:" in page) == (True, True, False)
    Rotation.objects.create(integration=integration, old=copy.credential)
    assert "Rotating: 1" in on_one_line(ada.get(reverse("access_keys", kwargs={"slug": "north"})).content.decode())
    tab = ada.get(reverse("credentials", kwargs={"slug": "north", "uid": integration.uid})).content.decode()
    assert f'href="{reverse("access_keys", kwargs={"slug": "north"})}"' in tab
