"""A rotation from the request to the deletion of the old key: always a valid key, never more than two."""

from datetime import timedelta

import pytest

from onboarding.models.rotation import Rotation
from onboarding.models.states import CredentialState, RotationState
from onboarding.models.vendor_event import VendorEvent
from onboarding.rotations import requests
from portal.outbox.models import OutboxItem
from tests.onboarding.provisioning.driving import applied
from tests.onboarding.rotations.driving import advanced, key, newest, turn, users, works
from tests.world import World

AN_HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_old_key_ends_only_after_the_new_one_was_downloaded_and_used(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    old = integration.credentials.get()
    old_session = key(world, old)
    rotation = requests.rotate(integration=integration, actor=world.admin, wait=AN_HOUR)
    assert requests.rotate(integration=integration, actor=world.admin) == rotation, "two clicks make one rotation"
    assert rotation.state == RotationState.CREATING
    advanced(rotation, RotationState.DELIVERED)
    new = newest(integration)
    assert (rotation.new, new.state, len(users(world))) == (new, CredentialState.READY, 2)
    integration.refresh_from_db()
    assert integration.state == "live"
    # The test of the key by Sluice is a use that IAM reports too, and counts for nothing.
    assert turn(rotation).problem is not None
    assert rotation.problem.code == "rotation.waits_for_download"
    new_session = key(world, new)
    assert turn(rotation).problem.code == "rotation.waits_for_use"
    assert works(new_session)
    advanced(rotation, RotationState.USED)
    assert works(old_session), "both are valid during the waiting time"
    advanced(rotation, RotationState.INACTIVE)
    assert (works(old_session), works(new_session), len(users(world))) == (False, True, 2)
    advanced(rotation, RotationState.DONE)
    assert users(world) == {new.user_name: ["Active"]}
    assert works(new_session)
    old.refresh_from_db()
    assert old.state == CredentialState.ROTATED
    assert list(VendorEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["ready", "rotated", "revoked"]
    assert {row.event.rpartition("-")[2] for row in OutboxItem.objects.filter(kind="access_key_rotated")} == {
        "new",
        "done",
    }


def delivered(world: World, *, wait: timedelta = AN_HOUR) -> Rotation:
    """A rotation whose new key can be downloaded."""
    integration, _ = applied(world, delivery=False)
    return advanced(requests.rotate(integration=integration, actor=world.admin, wait=wait), RotationState.DELIVERED)


def test_a_late_report_of_iam_only_delays_it_and_a_person_can_confirm_the_use(world: World) -> None:
    rotation = delivered(world)
    assert rotation.new is not None
    new_session = key(world, rotation.new)
    tags = [{"Key": "emulator:last-used-lag-seconds", "Value": "14400"}]
    world.root().client("iam").tag_user(UserName=rotation.new.user_name, Tags=tags)
    assert works(new_session)
    for _ in range(3):
        turn(rotation)
    assert (rotation.state, rotation.problem and rotation.problem.code) == ("delivered", "rotation.waits_for_use")
    requests.confirm_use(rotation=rotation, actor=world.support, reason="the vendor said so")
    assert turn(rotation).state == RotationState.USED


def test_the_old_key_is_active_again_when_the_new_one_is_not_valid_any_more(world: World) -> None:
    rotation = delivered(world)
    assert rotation.new is not None
    old_session, new_session = key(world, rotation.old), key(world, rotation.new)
    assert works(new_session)
    advanced(rotation, RotationState.INACTIVE)
    assert not works(old_session)
    iam = world.root().client("iam")
    at = {"UserName": rotation.new.user_name, "AccessKeyId": rotation.new.access_key_id}
    iam.update_access_key(**at, Status="Inactive")
    turn(rotation)
    assert (rotation.state, works(old_session)) == (RotationState.DELIVERED, True)
    assert rotation.problem is not None
    assert rotation.problem.code == "rotation.new_key_not_active"
    assert rotation.old.__class__.objects.get(pk=rotation.old_id).state == CredentialState.READY
    iam.update_access_key(**at, Status="Active")
    assert works(new_session)
    # The use that was seen before does not count again only if IAM reports none; here it has reported one.
    advanced(rotation, RotationState.DONE)
    assert (works(old_session), works(new_session)) == (False, True)


def test_a_key_that_someone_added_to_the_old_user_is_listed_and_kept_until_a_person_agrees(world: World) -> None:
    rotation = delivered(world, wait=timedelta(0))
    assert rotation.new is not None
    iam = world.root().client("iam")
    foreign = iam.create_access_key(UserName=rotation.old.user_name)["AccessKey"]["AccessKeyId"]
    assert works(key(world, rotation.new))
    advanced(rotation, RotationState.INACTIVE)
    for _ in range(2):
        turn(rotation)
    assert (rotation.state, rotation.foreign_keys) == (RotationState.INACTIVE, [foreign])
    assert rotation.problem is not None
    assert rotation.problem.code == "rotation.foreign_keys"
    assert len(users(world)[rotation.old.user_name]) == 2
    requests.agree_to_delete(rotation=rotation, actor=world.admin, keys=[foreign])
    advanced(rotation, RotationState.DONE)
    assert set(users(world)) == {rotation.new.user_name}
