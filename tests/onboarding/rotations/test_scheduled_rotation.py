"""A rotation by schedule, from the age of the key to its end: no person does anything."""

from datetime import timedelta

import pytest
from django.db.models import F

from onboarding.credentials import download
from onboarding.models.credential import Credential
from onboarding.models.rotation import Rotation
from onboarding.models.states import CredentialState, RotationState
from onboarding.models.vendor_event import VendorEvent
from onboarding.rotations import schedule
from onboarding.tasks import rotate_old_keys
from portal.tenancy import tokens
from portal.tenancy.models import ApiToken
from portal.tenancy.rights import Right
from tests.onboarding.provisioning.driving import applied
from tests.onboarding.rotations.driving import advanced, key, newest, users, works
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pusher(world: World) -> ApiToken:
    return tokens.create(person=world.operator, name="Pusher", scopes=[Right.VENDOR_KEYS], actor="test")[0]


def fetched(credential: Credential, pusher: ApiToken) -> None:
    """The vendor's sender fetches its copy with its token, as the feed leads it to do."""
    download.record_fetch(copy=credential.copies.get(audience="vendor"), token=pusher)


def test_an_old_key_that_the_sender_fetches_itself_is_rotated_without_anyone(world: World, pusher: ApiToken) -> None:
    integration, _ = applied(world, delivery=False)
    old = newest(integration)
    fetched(old, pusher)
    schedule.set_policy(tenant=world.tenant, actor=world.admin, days=90, is_automatic=True)
    rotate_old_keys()
    assert not Rotation.objects.exists(), "it is young"
    Credential.objects.update(created_at=F("created_at") - timedelta(days=91))
    for _ in range(2):
        rotate_old_keys()
    rotation = integration.rotations.get()
    assert (rotation.cause, rotation.requested_by, rotation.wait) == ("schedule", "schedule", timedelta(days=1))
    advanced(rotation, RotationState.DELIVERED)
    new = newest(integration)
    old_session, new_session = key(world, old, receipt=False), key(world, new, receipt=False)
    assert works(old_session), "both work until the new one is in use"
    fetched(new, pusher)
    assert works(new_session)
    advanced(rotation, RotationState.DONE, turns=120)  # it checks every half hour that the new key is valid
    assert users(world) == {new.user_name: ["Active"]}
    assert (works(old_session), works(new_session)) == (False, True)
    old.refresh_from_db()
    assert old.state == CredentialState.ROTATED
    assert list(VendorEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["ready", "rotated", "revoked"]
    rotate_old_keys()
    assert integration.rotations.count() == 1, "the new key is young"
