"""A worker that lost its claim while it was paused asks IAM nothing, and keeps no answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import botocore.client
import pytest
from django.db.models import F

from onboarding.models.credential import Credential
from onboarding.models.rotation import Rotation
from onboarding.models.states import RotationState
from onboarding.rotations import advance, requests
from onboarding.rotations.undo import SETTLE
from tests import clock
from tests.onboarding.provisioning.driving import applied
from tests.onboarding.rotations.driving import advanced, key, turn, works
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def claim_lost_at(operation: str) -> Iterator[list[str]]:
    """Let another worker claim every rotation after a call to AWS; yield the calls that follow."""
    original: Callable[..., Any] = botocore.client.BaseClient._make_api_call
    calls, is_lost = list[str](), False

    def call(self: Any, name: str, parameters: Any) -> Any:
        nonlocal is_lost
        if is_lost:
            calls.append(name)
        answer = original(self, name, parameters)
        if name == operation and not is_lost:
            is_lost = True
            Rotation.objects.update(fence=F("fence") + 1)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", call)
        yield calls


def asked() -> list[Any]:
    fields = ("use_requested_at", "use_checked_at", "last_used_at")
    return list(Credential.objects.order_by("pk").values_list(*fields))


def test_while_it_waits_for_the_use_of_the_new_key(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    rotation = advanced(requests.rotate(integration=integration, actor=world.admin), RotationState.DELIVERED)
    assert rotation.new is not None
    assert works(key(world, rotation.new))
    clock.pass_until_work_is_due(rotation)
    before = asked()
    with claim_lost_at("ListAccessKeys") as calls:
        advance.advance_rotation(rotation.pk)
    assert (calls, asked()) == ([], before)
    Rotation.objects.update(lease_until=None)
    assert advanced(rotation, RotationState.USED).new == rotation.new, "its successor sees the use"


def test_while_it_waits_for_the_use_of_the_old_key_after_an_undo(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    rotation = advanced(requests.rotate(integration=integration, actor=world.admin), RotationState.DELIVERED)
    assert rotation.new is not None
    assert works(key(world, rotation.new))
    advanced(rotation, RotationState.USED)
    requests.undo(rotation=rotation, actor=world.admin)
    turn(rotation)
    clock.pass_work_time(rotation, SETTLE)
    assert works(key(world, rotation.old))
    clock.pass_until_work_is_due(rotation)
    before = asked()
    with claim_lost_at("ListAccessKeys") as calls:
        advance.advance_rotation(rotation.pk)
    assert (calls, asked()) == ([], before)
    Rotation.objects.update(lease_until=None)
    advanced(rotation, RotationState.UNDONE)
