"""A thousand things, whose worker is killed (SIGKILL) at the 500th certificate: the next one completes them."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.db.models import F

from onboarding.models.integration import Integration
from onboarding.models.states import ThingState
from onboarding.models.thing import Thing, ThingKeyCopy
from portal.aws import iot_certificates
from tests.onboarding.things.conftest import driven
from tests.world import World

pytestmark = [pytest.mark.audit, pytest.mark.timeout(5400), pytest.mark.django_db(transaction=True)]
COUNT, KILLED_AT, TURNS = 1000, 500, 5000


def certificates(iot: Any) -> list[Any]:
    return [row for page in iot.get_paginator("list_certificates").paginate() for row in page["certificates"]]


def killed_worker(integration: Integration) -> None:
    """A process of its own, killed after AWS created a certificate and before its answer was stored."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            original, calls = iot_certificates.create_certificate, []

            def killing(*given: Any) -> Any:
                found = original(*given)
                calls.append(found)
                if len(calls) == KILLED_AT:
                    os.kill(os.getpid(), signal.SIGKILL)
                return found

            vars(iot_certificates)["create_certificate"] = killing
            driven(integration, TURNS)
        finally:
            os._exit(1)  # too late: nothing killed it
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def test_a_worker_killed_in_the_middle_leaves_one_certificate_for_each(
    world: World, integration: Integration, add: Callable[..., None]
) -> None:
    add(*(f"sluice-lamp-{number}" for number in range(COUNT)))
    iot = world.root().client("iot")
    killed_worker(integration)
    assert len(certificates(iot)) == KILLED_AT
    assert Thing.objects.filter(state=ThingState.READY).count() < KILLED_AT
    Thing.objects.update(certificate_intended_at=F("certificate_intended_at") - timedelta(seconds=30))
    driven(integration, TURNS)
    assert Thing.objects.filter(state=ThingState.READY).count() == COUNT
    listed = certificates(iot)
    known = set(Thing.objects.values_list("certificate_id", flat=True))
    assert len(listed) == len(known) == COUNT
    assert {row["certificateId"] for row in listed} == known
    assert {row["status"] for row in listed} == {"ACTIVE"}
    assert ThingKeyCopy.objects.count() == COUNT
