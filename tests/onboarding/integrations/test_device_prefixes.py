"""No two integrations in one account and Region have devices that could publish as each other's."""

from dataclasses import replace

import pytest

from onboarding.integrations import device_prefixes
from onboarding.iot.device_source import DeviceSource
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import ConnectionState, IntegrationState
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.messages.catalogue import text_of
from portal.tenancy.models import Tenant

pytestmark = pytest.mark.django_db
REGION = "eu-west-1"


def spec_of(connection: Connection, prefix: str, *, region: str = REGION) -> IntegrationSpec:
    devices = DeviceSource("sluice-meter", "sluice-meters", prefix)
    return IntegrationSpec("sensors", connection.uid, StreamSpec(name="sluice-sensors", region=region), devices=devices)


@pytest.mark.parametrize(
    ("other", "is_refused"),
    [
        ("sluice-lobby", True),
        ("sluice-lobby/air/east", True),
        ("sluice-lobby/air", True),
        ("sluice-lobby/water", False),
        ("sluice-lobby/airs", False),
    ],
)
def test_prefixes_do_not_overlap(other: str, is_refused: bool) -> None:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    connection = Connection.objects.create(
        tenant=tenant, name="production", account_id="111122223333", state=ConnectionState.VERIFIED
    )
    there = Integration.objects.create(
        tenant=tenant,
        connection=connection,
        name="harbour",
        spec=spec_of(connection, other).as_dict(),
        state=IntegrationState.LIVE,
    )
    new, wanted = Integration(tenant=tenant), spec_of(connection, "sluice-lobby/air")
    found = device_prefixes.problems(new, wanted, connection)
    assert [problem.path for problem in found] == (["devices.topic_prefix"] if is_refused else [])
    assert all("harbour" in text_of(problem.message) for problem in found)
    assert device_prefixes.problems(there, wanted, connection) == [], "it is compared with others only"
    elsewhere = spec_of(connection, "sluice-lobby/air", region="us-east-1")
    assert device_prefixes.problems(new, elsewhere, connection) == []
    assert device_prefixes.problems(new, replace(wanted, devices=None), connection) == []
