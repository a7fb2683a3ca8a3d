"""Things from request to certificate and back: what AWS has, who can open the key, and what a crash leaves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.db.models import F

from onboarding.integrations import removal, runs
from onboarding.iot.thing_rules import OWNER, NewThing
from onboarding.models.integration import Integration
from onboarding.models.states import ThingState
from onboarding.models.thing import DeviceWork, Thing
from onboarding.spec import integration_spec as specs
from onboarding.spec.problem import SpecRefused
from onboarding.things import advance, creation, requests
from portal.aws.errors import fault
from portal.messages.errors import MessageError
from portal.openpgp.decrypt import decrypt
from tests.onboarding.things.conftest import driven
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
Add = Callable[..., None]


def certificates(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.root().client("iot").list_certificates()["certificates"]
    return found


def test_a_thing_has_one_certificate_whose_key_its_recipient_alone_can_open(
    world: World, integration: Integration, add: Add
) -> None:
    add("sluice-lamp-1")
    driven(integration)
    thing = Thing.objects.get()
    assert (thing.state, thing.problem) == (ThingState.READY, None)
    iot = world.root().client("iot")
    found = iot.describe_thing(thingName="sluice-lamp-1")
    assert (found["thingTypeName"], found["attributes"]) == ("sluice-sensor", {"floor": "2", OWNER: integration.uid})
    assert iot.list_things_in_thing_group(thingGroupName="sluice-lobby")["things"] == ["sluice-lamp-1"]
    [certificate] = certificates(world)
    assert (certificate["certificateId"], certificate["status"]) == (thing.certificate_id, "ACTIVE")
    assert iot.list_thing_principals(thingName="sluice-lamp-1")["principals"] == [thing.certificate_arn]
    policies = iot.list_attached_policies(target=thing.certificate_arn)["policies"]
    assert [policy["policyName"] for policy in policies] == [f"sluice-sensors-{integration.uid[:6]}-devices"]
    copy = thing.copies.get()
    key = decrypt(copy.ciphertext, private_key=world.client_key.private_key)
    private = serialization.load_pem_private_key(key, None)
    known = x509.load_pem_x509_certificate(thing.certificate_pem.encode())
    assert private.public_key() == known.public_key()
    assert b"PRIVATE KEY" not in repr(list(Thing.objects.values())).encode()


def test_what_cannot_be_added_is_said(world: World, integration: Integration, add: Add) -> None:
    to = [world.tenant.pgp_keys.get().fingerprint]

    def refused(**changed: Any) -> str:
        given = {"integration": integration, "things": [NewThing("sluice-a")], "recipients": to, "actor": world.admin}
        with pytest.raises(MessageError) as error:
            requests.add_things(**{**given, **changed})
        return error.value.source.code

    assert refused(recipients=[]) == "things.no_recipient"
    assert refused(recipients=["0" * 40]) == "things.recipient_unusable"
    assert refused(things=[NewThing(f"sluice-{n}") for n in range(1001)]) == "things.too_many"
    add("sluice-a")
    assert refused() == "things_file.taken"
    with pytest.raises(MessageError) as error:
        removal.start_removal(integration=integration, actor=world.admin)
    assert error.value.source.code == "things.remove_first"
    spec = specs.from_row(integration.spec)
    with pytest.raises(SpecRefused):
        runs.start_run(integration=integration, actor=world.admin, spec=replace(spec, devices=None))


def test_someone_elses_thing_is_neither_taken_nor_removed(world: World, integration: Integration, add: Add) -> None:
    iot = world.root().client("iot")
    iot.create_thing(thingName="sluice-theirs")
    add("sluice-theirs", "sluice-ours")
    driven(integration)
    states = dict(Thing.objects.values_list("name", "state"))
    assert states == {"sluice-theirs": ThingState.FAILED, "sluice-ours": ThingState.READY}
    theirs = Thing.objects.get(name="sluice-theirs")
    assert theirs.problem is not None
    assert theirs.problem.code == "things.exists"
    requests.remove_things(integration=integration, uids=None, actor=world.admin)
    driven(integration)
    assert set(Thing.objects.values_list("state", flat=True)) == {ThingState.REMOVED}
    assert [thing["thingName"] for thing in iot.list_things()["things"]] == ["sluice-theirs"]
    assert certificates(world) == []
    assert not [copy for thing in Thing.objects.all() for copy in thing.copies.all()]


class Killed(BaseException):
    """The worker ends here."""


@pytest.mark.parametrize("place", ["seal_key", "certificate", "keep", "attach", "activate"])
def test_a_worker_killed_anywhere_leaves_one_certificate(
    world: World, integration: Integration, add: Add, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    add("sluice-lamp-1", "sluice-lamp-2")
    targets = {
        "seal_key": (creation, "_keep_copies"),
        "certificate": (creation.iot_certificates, "create_certificate"),
        "keep": (creation, "keep_certificate"),
        "attach": (creation.iot_things, "attach_certificate"),
        "activate": (creation.iot_certificates, "set_status"),
    }
    module, name = targets[place]
    original, calls = getattr(module, name), []

    def killing(*given: Any, **named: Any) -> Any:
        calls.append(name)
        if place == "certificate":
            original(*given, **named)  # AWS created it, and the answer is lost
        if len(calls) == 1:
            raise Killed
        return original(*given, **named)  # a certificate a second time: the search deletes it

    with monkeypatch.context() as patch:
        patch.setattr(module, name, killing)
        with pytest.raises(Killed):
            driven(integration)
    Thing.objects.update(certificate_intended_at=F("certificate_intended_at") - timedelta(seconds=30))
    driven(integration)
    assert set(Thing.objects.values_list("state", flat=True)) == {ThingState.READY}
    known = set(Thing.objects.values_list("certificate_id", flat=True))
    assert {row["certificateId"] for row in certificates(world)} == known
    assert len(known) == 2
    assert DeviceWork.objects.get().search_from is None


def test_what_a_paused_worker_created_after_it_lost_its_claim_is_listed_and_deleted(
    world: World, integration: Integration, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("sluice-lamp-1")
    original = creation.iot_certificates.create_certificate

    def late(*given: Any) -> Any:
        DeviceWork.objects.update(fence=F("fence") + 1)  # another worker has claimed it meanwhile
        return original(*given)

    with monkeypatch.context() as patch:
        patch.setattr(creation.iot_certificates, "create_certificate", late)
        driven(integration, turns=1)
    [late_one] = certificates(world)
    assert [row.certificate_id for row in integration.unused_certificates.all()] == [late_one["certificateId"]]
    Thing.objects.update(certificate_intended_at=F("certificate_intended_at") - timedelta(seconds=30))
    driven(integration)
    assert [row["certificateId"] for row in certificates(world)] == [Thing.objects.get().certificate_id]


def test_a_thing_that_a_paused_worker_creates_after_its_removal_is_deleted_again(
    world: World, integration: Integration, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("sluice-lamp-1")
    original = creation.iot_things.create_thing

    def late(*given: Any, **named: Any) -> Any:
        DeviceWork.objects.update(fence=F("fence") + 1)
        Thing.objects.update(state=ThingState.REMOVED)  # by another worker
        return original(*given, **named)

    monkeypatch.setattr(creation.iot_things, "create_thing", late)
    driven(integration, turns=1)
    assert world.root().client("iot").list_things()["things"] == []


def test_a_removal_that_is_requested_during_the_creation_is_not_forgotten(
    world: World, integration: Integration, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("sluice-lamp-1")
    original = creation.iot_certificates.create_certificate

    def removed_meanwhile(*given: Any) -> Any:
        requests.remove_things(integration=integration, uids=None, actor=world.admin)
        return original(*given)

    monkeypatch.setattr(creation.iot_certificates, "create_certificate", removed_meanwhile)
    driven(integration)
    assert Thing.objects.get().state == ThingState.REMOVED
    assert certificates(world) == []


def test_a_foreign_certificate_is_never_touched(world: World, integration: Integration, add: Add) -> None:
    add("sluice-lamp-1")
    iot = world.root().client("iot")
    theirs = iot.create_keys_and_certificate(setAsActive=True)["certificateId"]
    driven(integration)
    ours = Thing.objects.get().certificate_id
    assert {row["certificateId"]: row["status"] for row in certificates(world)} == {theirs: "ACTIVE", ours: "ACTIVE"}


def test_aws_that_throttles_is_asked_later(
    world: World, integration: Integration, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:

    add("sluice-lamp-1")

    def throttled(*given: Any, **named: Any) -> Any:
        raise fault("ThrottlingException", "iot:CreateThing", "Rate exceeded")

    with monkeypatch.context() as patch:
        patch.setattr(creation.iot_things, "create_thing", throttled)
        driven(integration, turns=1)
    thing = Thing.objects.get()
    assert thing.state == ThingState.SEALED
    assert DeviceWork.objects.get().problem is not None
    driven(integration)
    assert Thing.objects.get().state == ThingState.READY


def test_a_turn_takes_a_few_things_and_then_others_have_theirs(
    world: World, integration: Integration, add: Add
) -> None:
    add(*(f"sluice-lamp-{number}" for number in range(advance.MOST_THINGS + 2)))
    driven(integration, turns=1)
    assert Thing.objects.filter(state=ThingState.READY).count() == advance.MOST_THINGS
    driven(integration)
    assert not Thing.objects.exclude(state=ThingState.READY).exists()


def test_a_thing_that_has_a_certificate_gets_no_second_one_when_it_is_tried_again(
    world: World, integration: Integration, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("sluice-lamp-1")

    def missing(*given: Any, **named: Any) -> Any:
        raise fault("ResourceNotFoundException", "iot:AttachThingPrincipal", "Thing not found")

    with monkeypatch.context() as patch:
        patch.setattr(creation.iot_things, "attach_certificate", missing)
        driven(integration)
    assert Thing.objects.get().state == ThingState.FAILED
    [certificate] = certificates(world)
    assert requests.try_again(integration=integration, actor=world.admin) == 1
    driven(integration)
    thing = Thing.objects.get()
    assert (thing.state, thing.problem) == (ThingState.READY, None)
    assert [found["certificateId"] for found in certificates(world)] == [thing.certificate_id]
    assert thing.certificate_id == certificate["certificateId"]
