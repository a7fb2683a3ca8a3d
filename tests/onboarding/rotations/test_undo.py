"""A rotation undone: the old key is active before the new one ends, whatever stage it had reached."""

import pytest
from django.core.exceptions import ValidationError

from onboarding.models.states import CredentialState, RotationState
from onboarding.rotations import requests, user_keys
from tests.onboarding.provisioning.driving import applied
from tests.onboarding.rotations.driving import advanced, key, turn, users, works
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_new_key_stays_until_the_old_one_is_active_and_used_again(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    rotation = requests.rotate(integration=integration, actor=world.admin)
    advanced(rotation, RotationState.DELIVERED)
    old, new = rotation.old, rotation.new
    assert new is not None
    sessions = key(world, old), key(world, new)
    assert works(sessions[1])
    advanced(rotation, RotationState.USED)
    requests.pause(rotation=rotation, actor=world.admin)
    assert (turn(rotation).state, works(sessions[0])) == (RotationState.USED, True), "a paused rotation changes nothing"
    requests.resume(rotation=rotation, actor=world.admin)
    advanced(rotation, RotationState.INACTIVE)
    requests.undo(rotation=rotation, actor=world.admin)
    turn(rotation)
    assert [works(session) for session in sessions] == [True, True]
    new.refresh_from_db()
    assert new.state == CredentialState.INACTIVE, "its copies cannot be downloaded any more"
    # A worker that was paused before it made the old key inactive continues: the next turn undoes that.
    user_keys.set_status(world.root(), old, user_keys.INACTIVE)
    turn(rotation)
    assert [works(session) for session in sessions] == [True, True]
    advanced(rotation, RotationState.UNDONE)
    assert users(world) == {old.user_name: ["Active"]}
    states = [integration.credentials.get(pk=credential.pk).state for credential in (old, new)]
    assert states == [CredentialState.READY, CredentialState.REVOKED]
    with pytest.raises(ValidationError):
        requests.undo(rotation=rotation, actor=world.admin)
