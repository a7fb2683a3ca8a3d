"""Rotations by page and by command line: of one key and of many, with what is refused."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from onboarding.models.revocation import Revocation
from onboarding.models.rotation import Rotation
from onboarding.models.states import RotationState
from onboarding.rotations import requests
from tests.onboarding.pages import signed_in
from tests.onboarding.provisioning.driving import applied
from tests.onboarding.rotations.driving import advanced, newest
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def answer_of(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("credential", *arguments, "--tenant", "northwind", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_by_command_line_and_by_page(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    with pytest.raises(CommandError):
        answer_of("rotate")
    [begun] = answer_of("rotate", "--all", "--wait-hours", "0")["rotations"]
    assert (begun["state"], begun["old"]) == ("creating", newest(integration).access_key_id)
    advanced(Rotation.objects.get(), RotationState.DELIVERED)
    [status] = answer_of("status")["access_keys"]
    assert status["rotation"]["state"] == "delivered"
    assert answer_of("rotation", "sluice-sensors", "pause")["paused"]
    client, at = signed_in(world.admin.email), {"slug": "northwind", "uid": integration.uid}
    page = client.get(reverse("credentials", kwargs=at)).content.decode()
    assert "Resume rotation" in page
    for do in ("resume", "confirm", "undo"):
        assert client.post(reverse("rotation_change", kwargs=at), {"do": do}).status_code == 302
    assert Rotation.objects.get().state == RotationState.UNDOING
    advanced(Rotation.objects.get(), RotationState.UNDONE)
    everything = client.get(reverse("access_keys", kwargs={"slug": "northwind"})).content.decode()
    assert "Undone" in everything
    assert client.post(reverse("key_rotate", kwargs=at), {"wait": "9999"}, follow=True).status_code == 200
    assert Rotation.objects.count() == 1, "a waiting time that the page does not offer is refused"
    chosen = {"integration": [integration.uid], "wait": "1"}
    client.post(reverse("access_keys", kwargs={"slug": "northwind"}), chosen)
    assert Rotation.objects.filter(wait=timedelta(hours=1), batch__gt="").count() == 1
    viewer = signed_in(world.viewer.email)
    assert viewer.post(reverse("key_rotate", kwargs=at)).status_code == 403
    revoked = answer_of("revoke", "sluice-sensors", "--compromised", "--reason", "a drill")
    assert (revoked["compromised"], revoked["reason"]) == (True, "a drill")
    shown = client.get(reverse("credentials", kwargs=at)).content.decode()
    assert "a drill" in shown
    assert Revocation.objects.get().requested_by == "command line"
    assert requests.key_of(integration) is not None
