"""The connection that a command names."""

import pytest

from onboarding.management.connections.named import named_connection
from onboarding.models.connection import Connection
from portal.command_line import CommandFailed
from portal.tenancy.models import Tenant
from tests.onboarding.pages import verified_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection() -> Connection:
    return verified_connection(Tenant.objects.create(slug="northwind", name="Northwind Estates"))


def called(name: str, tenant: str | None = None) -> Connection:
    return named_connection({"connection": name, "tenant": tenant})


def codes(name: str, tenant: str | None = None) -> list[str]:
    with pytest.raises(CommandFailed) as caught:
        called(name, tenant)
    return [entry["code"] for entry in caught.value.errors]


def test_a_connection_is_found_by_name_and_by_uid(connection: Connection) -> None:
    assert called(connection.name) == called(connection.uid) == called(connection.name, "northwind") == connection


def test_a_connection_that_does_not_exist_is_reported_as_on_the_pages(connection: Connection) -> None:
    assert codes("nothing") == ["command.connection_unknown"]
    assert codes("nothing", "northwind") == ["connection.unknown"]
    assert codes(connection.name, "contoso") == ["connection.unknown"]


def test_a_name_of_several_tenants_needs_the_tenant(connection: Connection) -> None:
    contoso = Tenant.objects.create(slug="contoso", name="Contoso Towers")
    other = verified_connection(contoso, name=connection.name, account_id="444455556666")
    assert codes(connection.name) == ["command.several_connections"]
    assert called(connection.name, "contoso") == other
