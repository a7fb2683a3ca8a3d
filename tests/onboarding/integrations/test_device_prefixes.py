"""No two integrations in one account and Region have devices that could publish as each other's."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from onboarding.credentials import vendor_key
from onboarding.integrations import device_prefixes, runs
from onboarding.iot.device_source import DeviceSource
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import ConnectionState, IntegrationState
from onboarding.self_managed import lifecycle
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import SpecRefused
from onboarding.spec.stream_spec import StreamSpec
from portal.messages.catalogue import text_of
from portal.tenancy.models import Tenant

pytestmark = pytest.mark.django_db
REGION = "eu-west-1"


def spec_of(connection: Connection, prefix: str, *, region: str = REGION) -> IntegrationSpec:
    devices = DeviceSource("sluice-meter", "sluice-meters", prefix)
    return IntegrationSpec("sensors", connection.uid, StreamSpec(name="sluice-sensors", region=region), devices=devices)


def connection_of(tenant: Tenant) -> Connection:
    return Connection.objects.create(
        tenant=tenant, name="production", account_id="111122223333", state=ConnectionState.VERIFIED
    )


def integration_with(connection: Connection, prefix: str) -> Integration:
    spec = spec_of(connection, prefix).as_dict()
    tenant, state = connection.tenant, IntegrationState.LIVE
    return Integration.objects.create(tenant=tenant, connection=connection, name="harbour", spec=spec, state=state)


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
    connection = connection_of(tenant)
    there = integration_with(connection, other)
    new, wanted = Integration(tenant=tenant), spec_of(connection, "sluice-lobby/air")
    found = device_prefixes.problems(new, wanted, connection)
    assert [problem.path for problem in found] == (["devices.topic_prefix"] if is_refused else [])
    assert all("harbour" in text_of(problem.message) for problem in found)
    assert device_prefixes.problems(there, wanted, connection) == [], "it is compared with others only"
    elsewhere = spec_of(connection, "sluice-lobby/air", region="us-east-1")
    assert device_prefixes.problems(new, elsewhere, connection) == []
    assert device_prefixes.problems(new, replace(wanted, devices=None), connection) == []


def test_neither_a_run_nor_a_plan_of_its_owner_begins_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor_key, "vendor_certificate", lambda: SimpleNamespace(fingerprint=""))
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    connection = connection_of(tenant)
    integration_with(connection, "sluice-lobby")
    new, spec = Integration.objects.create(tenant=tenant), spec_of(connection, "sluice-lobby/air")
    for begin in (runs.start_run, lifecycle.begin):
        with pytest.raises(SpecRefused) as refused:
            begin(integration=new, spec=spec, actor="a test")
        codes = [problem.message.code for problem in refused.value.problems if problem.path == "devices.topic_prefix"]
        assert codes == ["topic.prefix_overlaps"]
    assert not Run.objects.exists()
