"""Things that are created while others are removed, each with its certificate: what workers do, and what must hold."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from onboarding.iot.thing_rules import OWNER, NewThing
from onboarding.models.integration import Integration
from onboarding.models.states import RunState, ThingState
from onboarding.models.thing import DeviceWork, Thing
from onboarding.things import advance, requests
from tests.faults import boundaries as numbered
from tests.faults import devices
from tests.faults.case import Case
from tests.onboarding.provisioning.driving import carried_out

OLD, NEW = ("sluice-old-1", "sluice-old-2"), ("sluice-new-1", "sluice-new-2")
TURNS = 60
# Longer than AWS takes to list a certificate, than a lease, and than the longest wait after a failure.
A_WHILE = timedelta(hours=2)


def exchanging(case: Case) -> Case:
    """Set up devices with two things, then request two more and the removal of the first two."""
    begun = devices.added(case)
    assert carried_out(begun.run).state == RunState.DONE
    _request(begun, OLD)
    drive(begun.run_id)
    integration = _integration(begun)
    assert integration.things.filter(state=ThingState.READY).count() == len(OLD)
    _request(begun, NEW)
    uids = list(integration.things.filter(name__in=OLD).values_list("uid", flat=True))
    requests.remove_things(integration=integration, uids=uids, actor="test")
    return begun


def drive(run_id: int) -> None:
    """Advance the things of a run's integration until nothing is open, with time passing in jumps."""
    for _ in range(TURNS):
        found = advance.open_work().filter(integration__runs=run_id).first()
        if found is None:
            return
        with numbered.uncounted():
            _let_time_pass(found)
        advance.advance(found.pk)


def _let_time_pass(work: DeviceWork) -> None:
    DeviceWork.objects.filter(pk=work.pk).update(due_at=Now(), lease_until=None)
    things = Thing.objects.filter(integration=work.integration_id)
    things.update(certificate_intended_at=F("certificate_intended_at") - A_WHILE, retry_at=F("retry_at") - A_WHILE)
    work.integration.unused_certificates.update(retry_at=F("retry_at") - A_WHILE)


def not_exchanged(case: Case) -> list[str]:
    """What is wrong with the things of an integration, and with the certificates of its account."""
    integration = _integration(case)
    rows = {thing.name: thing for thing in integration.things.all()}
    wrong = [f"{name} is {rows[name].state}" for name in OLD if rows[name].state != ThingState.REMOVED]
    wrong += [f"{name} is {rows[name].state}: {rows[name].problem}" for name in NEW if not rows[name].ready_at]
    wrong += [f"{name} has no key" for name in NEW if rows[name].copies.count() != 1]
    wrong += [f"{name} has a key" for name in OLD if rows[name].copies.count()]
    if integration.unused_certificates.exists():
        wrong.append("certificates are listed as unused")
    if DeviceWork.objects.filter(integration=integration, search_from__isnull=False).exists():
        wrong.append("certificates are still searched for")
    return [*wrong, *_wrong_in_aws(case, integration)]


def _wrong_in_aws(case: Case, integration: Integration) -> Iterator[str]:
    iot: Any = case.root().client("iot")
    things = {thing["thingName"]: thing["attributes"].get(OWNER) for thing in iot.list_things()["things"]}
    if things != dict.fromkeys(NEW, integration.uid):
        yield f"the things are {things}"
    certificates = {row["certificateId"]: row["status"] for row in iot.list_certificates()["certificates"]}
    known = dict(integration.things.filter(name__in=NEW).values_list("name", "certificate_id"))
    if certificates != dict.fromkeys(known.values(), "ACTIVE"):
        yield f"the certificates are {certificates}, known are {known}"
    for name in NEW:
        attached = [arn.rpartition("/")[2] for arn in iot.list_thing_principals(thingName=name)["principals"]]
        if attached != [known.get(name)]:
            yield f"{name} has {attached}"
    group = sorted(iot.list_things_in_thing_group(thingGroupName=devices.SOURCE.thing_group)["things"])
    if group != sorted(NEW):
        yield f"the group has {group}"


def _request(case: Case, names: tuple[str, ...]) -> None:
    integration = _integration(case)
    keys = [key.fingerprint for key in integration.tenant.pgp_keys.all()]
    things = [NewThing(name) for name in names]
    requests.add_things(integration=integration, things=things, recipients=keys, actor="test")


def _integration(case: Case) -> Integration:
    return Integration.objects.get(pk=case.run.integration_id)
