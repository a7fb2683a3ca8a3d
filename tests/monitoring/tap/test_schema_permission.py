"""In the emulator's AWS the tap reads a schema with the permission for it, and asks for none without."""

import json

import pytest

from monitoring.schemas.source import NOT_ALLOWED
from monitoring.tap.source import open_source
from onboarding.connections import grant
from onboarding.models.integration import Integration
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.schemas import avro_schema
from tests.monitoring.conftest import live_integration
from tests.monitoring.tap.test_schema_reader import SCHEMA
from tests.onboarding.provisioning.conftest import aws_proxy, calls
from tests.world import World, apply_template, client_keypair, portal_user, vendor_keypair, world

__all__ = ["aws_proxy", "calls", "client_keypair", "portal_user", "vendor_keypair", "world"]
pytestmark = pytest.mark.django_db(transaction=True)


def deployed(world: World, *, is_allowed: bool) -> Integration:
    """An integration whose client deployed the role with or without the permission."""
    integration = live_integration(world.tenant, "sluice-sensors", account=world.account_id)
    connection = integration.connection
    connection.allow_schemas, connection.state, connection.external_id = is_allowed, "verified", "sluice-5f1d9c0011"
    connection.save()
    apply_template(world.root(), grant.role_template(connection))
    return integration


def version_in(world: World) -> str:
    created = (
        world.root()
        .client("glue")
        .create_schema(
            SchemaName="reading", DataFormat="AVRO", Compatibility="NONE", SchemaDefinition=json.dumps(SCHEMA)
        )
    )
    return str(created["SchemaVersionId"])


def test_with_the_permission_a_schema_is_read(world: World) -> None:
    source = open_source(deployed(world, is_allowed=True).uid)
    assert source.schemas is not None
    assert source.schemas.problem("glue:7") is None
    assert json.loads(avro_schema(source.session(), version_in(world)) or "") == SCHEMA


def test_without_it_aws_would_deny_and_the_tap_does_not_ask(world: World) -> None:
    source = open_source(deployed(world, is_allowed=False).uid)
    assert source.schemas is not None
    assert source.schemas.problem("glue:7") == NOT_ALLOWED
    with pytest.raises(AwsFault) as fault:
        avro_schema(source.session(), version_in(world))
    assert fault.value.kind is FaultKind.DENIED
