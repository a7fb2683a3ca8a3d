"""What could not be deleted stays listed with its reason, and is tried again: less and less often, or at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from onboarding.integrations import removal as removal_of_all
from onboarding.models.integration import Integration
from onboarding.models.states import ThingState
from onboarding.models.thing import DeviceWork, Thing
from onboarding.models.unused_certificate import UnusedCertificate
from onboarding.things import creation, requests, retries
from portal.aws import iot_certificates
from portal.aws.errors import fault
from portal.messages.errors import MessageError
from portal.tenancy.models import AuditEvent
from tests.onboarding.things.conftest import driven
from tests.world import World

Add = Callable[..., None]
EARLIER = "2020-01-01T00:00:00Z"
in_database = pytest.mark.django_db(transaction=True)


def denied(*_: Any) -> None:
    raise fault("AccessDeniedException", "iot:DeleteCertificate", "not authorized")


def certificate_ids(world: World) -> set[str]:
    return {row["certificateId"] for row in world.root().client("iot").list_certificates()["certificates"]}


@given(st.integers(min_value=0, max_value=32_767))
def test_the_wait_grows_and_has_an_end(attempts: int) -> None:
    assert retries.FIRST <= retries.delay(attempts) <= retries.delay(attempts + 1) <= retries.LONGEST


@in_database
def test_a_certificate_that_is_attached_elsewhere_stays_listed_until_it_is_detached(
    world: World, integration: Integration, add: Add
) -> None:
    add("sluice-lamp-1", "sluice-lamp-2")
    driven(integration)
    iot = world.root().client("iot")
    attached = Thing.objects.get(name="sluice-lamp-1").certificate_arn
    iot.create_thing(thingName="theirs")
    iot.attach_thing_principal(thingName="theirs", principal=attached)
    requests.remove_things(integration=integration, uids=None, actor=world.admin)
    driven(integration, turns=5)
    kept, gone = Thing.objects.order_by("name")
    assert (kept.state, gone.state) == (ThingState.REMOVING, ThingState.REMOVED)
    assert kept.problem is not None
    assert kept.problem.code == "things.certificate_attached"
    assert kept.attempts == 1, "once: the next try is not due yet"
    Thing.objects.filter(pk=kept.pk).update(retry_at=EARLIER)
    driven(integration, turns=2)
    kept.refresh_from_db()
    assert kept.attempts == 2
    iot.detach_thing_principal(thingName="theirs", principal=attached)
    assert requests.try_again(integration=integration, actor=world.admin) == 1
    driven(integration, turns=2)
    assert not Thing.objects.exclude(state=ThingState.REMOVED).exists()
    assert certificate_ids(world) == set()
    assert [thing["thingName"] for thing in iot.list_things()["things"]] == ["theirs"]


@in_database
def test_a_thing_with_another_certificate_stays_listed(world: World, integration: Integration, add: Add) -> None:
    add("sluice-lamp-1")
    driven(integration)
    iot = world.root().client("iot")
    other = iot.create_keys_and_certificate(setAsActive=True)
    iot.attach_thing_principal(thingName="sluice-lamp-1", principal=other["certificateArn"])
    requests.remove_things(integration=integration, uids=None, actor=world.admin)
    driven(integration, turns=2)
    thing = Thing.objects.get()
    assert thing.problem is not None
    assert (thing.state, thing.problem.code) == (ThingState.REMOVING, "things.thing_attached")
    assert certificate_ids(world) == {other["certificateId"]}


@in_database
def test_a_removal_that_is_denied_says_so_and_waits_longer_each_time(
    world: World, integration: Integration, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("sluice-lamp-1")
    driven(integration)
    requests.remove_things(integration=integration, uids=None, actor=world.admin)
    with monkeypatch.context() as patch:
        patch.setattr(iot_certificates, "delete_certificate", denied)
        for _ in range(3):
            Thing.objects.update(retry_at=EARLIER)
            driven(integration, turns=1)
    thing = Thing.objects.get()
    assert thing.problem is not None
    assert (thing.state, thing.attempts) == (ThingState.REMOVING, 3)
    assert DeviceWork.objects.get().attempts == 3
    requests.try_again(integration=integration, actor=world.admin)
    driven(integration, turns=1)
    assert Thing.objects.get().state == ThingState.REMOVED
    assert certificate_ids(world) == set()


@in_database
def test_a_certificate_that_no_thing_has_is_listed_until_it_is_deleted(
    world: World, integration: Integration, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("sluice-lamp-1")
    original = creation.iot_certificates.create_certificate
    with monkeypatch.context() as patch:
        # AWS creates two, as if the answer about the first was lost.
        patch.setattr(creation.iot_certificates, "create_certificate", lambda *to: (original(*to), original(*to))[1])
        patch.setattr(iot_certificates, "delete_certificate", denied)
        driven(integration, turns=1)
        Thing.objects.update(certificate_intended_at=F("certificate_intended_at") - timedelta(seconds=30))
        driven(integration, turns=5)
    unused = UnusedCertificate.objects.get()
    assert (unused.thing_name, unused.attempts) == ("sluice-lamp-1", 1)
    assert unused.problem is not None
    assert DeviceWork.objects.get().search_from is None
    known = Thing.objects.get().certificate_id
    assert certificate_ids(world) == {known, unused.certificate_id}
    requests.remove_things(integration=integration, uids=None, actor=world.admin)
    driven(integration, turns=3)
    with pytest.raises(MessageError) as refused:
        removal_of_all.start_removal(integration=integration, actor=world.admin)
    assert refused.value.source.code == "things.certificates_remain"
    assert requests.try_again(integration=integration, actor=world.admin) == 1
    driven(integration, turns=2)
    assert (certificate_ids(world), UnusedCertificate.objects.count()) == (set(), 0)
    event = AuditEvent.objects.get(action="provisioning:thing:certificate-deleted")
    assert (event.target, event.details["certificate"]) == ("sluice-lamp-1", unused.certificate_id)
