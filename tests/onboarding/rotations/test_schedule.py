"""Old keys: admins are reminded, and where it was chosen keys that a program fetches are rotated."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from onboarding.models.credential import Credential, Download, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.rotation import Rotation
from onboarding.rotations import schedule
from onboarding.tasks import rotate_old_keys
from portal.outbox.models import OutboxItem
from portal.tenancy import tokens
from portal.tenancy.models import ApiToken, StaffRole, Tenant, User
from tests.monitoring.conftest import live_integration
from tests.world import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant(clean_redis: str) -> Tenant:
    found = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    person("ada@northwind.example", found)
    return found


def key(integration: Integration, *, days: int) -> Credential:
    found = Credential.objects.create(
        integration=integration, attempt=days + 1, user_name="u", access_key_id="AKIA0123456789ABCDEF", state="ready"
    )
    Credential.objects.filter(pk=found.pk).update(created_at=timezone.now() - timedelta(days=days))
    return found


def events() -> list[str]:
    return sorted(OutboxItem.objects.filter(kind="rotation_due").values_list("event", flat=True))


def test_admins_are_reminded_once_at_each_interval(tenant: Tenant) -> None:
    young, old, older = (key(live_integration(tenant, f"s{days}"), days=days) for days in (89, 91, 200))
    for _ in range(2):
        rotate_old_keys()
    assert events() == sorted([f"rotation-due-{old.uid}-90", f"rotation-due-{older.uid}-180"])
    schedule.set_policy(tenant=tenant, actor="ada", days=30, is_automatic=True)
    rotate_old_keys()
    assert f"rotation-due-{young.uid}-60" in events(), "no program has fetched it"
    assert not Rotation.objects.exists()


def test_a_key_that_a_program_fetches_is_rotated_if_that_was_chosen(tenant: Tenant) -> None:
    integration = live_integration(tenant)
    old = key(integration, days=91)
    pusher = User.objects.create_user("pusher@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)
    made: ApiToken = tokens.create(person=pusher, name="pusher", scopes=["vendor_keys"], days=30, actor=pusher)[0]
    copy = SealedCopy.objects.create(credential=old, audience="vendor", fingerprint="B" * 40)
    Download.objects.create(copy=copy, actor=pusher.email, token=made)
    assert schedule.is_fetched_by_program(old)
    schedule.set_policy(tenant=tenant, actor="ada", days=90, is_automatic=True)
    rotate_old_keys()
    # Its recipient was never confirmed here, so no key can be created, and admins learn of the old one.
    assert (Rotation.objects.count(), events()) == (0, [f"rotation-due-{old.uid}-90"])


@pytest.mark.parametrize("days", [0, 6, 366])
def test_an_age_that_is_too_small_or_too_large_is_refused(tenant: Tenant, days: int) -> None:
    with pytest.raises(ValidationError):
        schedule.set_policy(tenant=tenant, actor="ada", days=days, is_automatic=False)
