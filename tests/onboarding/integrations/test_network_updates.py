"""Another setting of the vendor's networks reaches every integration, tenant by tenant, and the progress is counted."""

import io
import json

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from onboarding.integrations import network_updates
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState, ResourceState, RunState
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.tenancy.models import Tenant
from tests.onboarding.pages import verified_connection

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
NOW = ("1.1.1.0/24",)


@pytest.fixture(autouse=True)
def vendor(settings: LazySettings, tmp_path, vendor_keypair) -> None:
    certificate = tmp_path / "delivery.asc"
    certificate.write_text(vendor_keypair.certificate)
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = certificate
    settings.SLUICE_VENDOR_NETWORKS, settings.SLUICE_VENDOR_VPC_NETWORKS = NOW, ()


def live(tenant: Tenant, name: str, networks: object, *, kind: str = "IAM policy") -> Integration:
    connection = tenant.connections.first() or verified_connection(tenant)
    stream = StreamSpec(name=f"sluice-{name}", region="eu-west-1")
    spec = IntegrationSpec(name, connection.uid, stream)
    integration = Integration.objects.create(
        tenant=tenant, connection=connection, name=name, spec=spec.as_dict(), state=IntegrationState.LIVE
    )
    notes = {} if networks is None else {"networks": networks}
    Resource.objects.create(integration=integration, kind=kind, name=name, state=ResourceState.PRESENT, notes=notes)
    return integration


def command(name: str, *arguments: str) -> dict[str, object]:
    out = io.StringIO()
    call_command("networks", name, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_what_accepts_other_networks_is_updated_by_a_run_and_nothing_else(settings: LazySettings) -> None:
    north, south = (Tenant.objects.create(slug=slug, name=slug) for slug in ("north", "south"))
    live(north, "current", [list(NOW), []])
    stale = [
        live(north, "earlier", [["9.9.9.0/24"], []]),
        live(north, "by-role", [[], []], kind="producer role"),
        live(south, "older-than-the-setting", None),
    ]
    suspended = Tenant.objects.create(slug="west", name="west", is_suspended=True)
    live(suspended, "suspended", None)
    status = {row["tenant"]: row for row in command("status")["tenants"]}
    assert status["north"] == {"tenant": "north", "current": 1, "outdated": 2, "running": 0, "failed": 0}
    assert status["south"]["outdated"] == status["west"]["outdated"] == 1

    assert command("apply", "--tenant", "south")["started"] == 1
    assert command("apply")["started"] == 2
    assert {run.integration_id for run in Run.objects.all()} == {integration.pk for integration in stale}
    assert command("apply")["started"] == 0, "their runs are at work"
    status = {row["tenant"]: row["running"] for row in command("status")["tenants"]}
    assert status == {"north": 2, "south": 1, "west": 0}

    Run.objects.update(state=RunState.FAILED)
    Integration.objects.filter(pk=stale[0].pk).update(state=IntegrationState.ATTENTION)
    [found] = network_updates.progress("north")
    assert (found.failed, found.running) == (1, 0)
    Resource.objects.update(notes={"networks": [list(NOW), []]})
    assert {row["outdated"] for row in command("status")["tenants"]} == {0}


def test_without_the_setting_only_what_is_restricted_is_outdated(settings: LazySettings) -> None:
    settings.SLUICE_VENDOR_NETWORKS = ()
    north = Tenant.objects.create(slug="north", name="north")
    live(north, "older-than-the-setting", None)
    live(north, "any", [[], []])
    restricted = live(north, "restricted", [list(NOW), []])
    assert list(network_updates.outdated(north)) == [restricted]
