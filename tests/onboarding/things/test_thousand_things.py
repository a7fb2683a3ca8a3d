"""A thousand things, whose worker is killed at the five hundredth certificate: the next one completes them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from onboarding.models.integration import Integration
from onboarding.models.states import ThingState
from onboarding.models.thing import Thing, ThingKeyCopy
from onboarding.things import creation
from tests.onboarding.things.conftest import driven
from tests.world import World

pytestmark = [pytest.mark.audit, pytest.mark.timeout(5400), pytest.mark.django_db(transaction=True)]
COUNT, KILLED_AT, TURNS = 1000, 500, 5000


class Killed(BaseException):
    """The worker ends here, after AWS created a certificate and before its answer was stored."""


def test_a_worker_killed_in_the_middle_leaves_one_certificate_for_each(
    world: World, integration: Integration, add: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(*(f"sluice-lamp-{number}" for number in range(COUNT)))
    original, calls = creation.iot_certificates.create_certificate, []

    def killing(*given: Any) -> Any:
        found = original(*given)
        calls.append(found)
        if len(calls) == KILLED_AT:
            raise Killed
        return found

    monkeypatch.setattr(creation.iot_certificates, "create_certificate", killing)
    with pytest.raises(Killed):
        driven(integration, TURNS)
    ready = Thing.objects.filter(state=ThingState.READY).count()
    assert ready < KILLED_AT
    Thing.objects.update(certificate_intended_at=F("certificate_intended_at") - timedelta(seconds=30))
    driven(integration, TURNS)
    assert Thing.objects.filter(state=ThingState.READY).count() == COUNT
    iot = world.root().client("iot")
    listed = [row for page in iot.get_paginator("list_certificates").paginate() for row in page["certificates"]]
    known = set(Thing.objects.values_list("certificate_id", flat=True))
    assert len(listed) == len(known) == COUNT
    assert {row["certificateId"] for row in listed} == known
    assert {row["status"] for row in listed} == {"ACTIVE"}
    assert ThingKeyCopy.objects.count() == COUNT
