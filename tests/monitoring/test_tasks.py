import pytest

from monitoring import tasks
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from portal.tenancy.models import Tenant
from tests.monitoring.conftest import REGION, live_integration

pytestmark = pytest.mark.django_db


def test_a_connection_and_region_are_collected_once_however_many_streams_there_are(northwind: Tenant) -> None:
    first = live_integration(northwind, "first")
    live_integration(northwind, "second")
    live_integration(northwind, "north", region="eu-north-1")
    other = live_integration(northwind, "other", account="444455556666")
    connection = first.connection_id
    assert tasks.due_collections() == [
        {"connection_id": connection, "region": "eu-north-1"},
        {"connection_id": connection, "region": REGION},
        {"connection_id": other.connection_id, "region": REGION},
    ]
    assert tasks.due_collections(other.connection_id) == [{"connection_id": other.connection_id, "region": REGION}]


def test_nothing_is_due_without_a_stream_that_can_be_watched(northwind: Tenant, integration: Integration) -> None:
    Integration.objects.update(state="draft")
    assert tasks.due_collections() == []


def test_arguments_of_tasks_are_ids_and_names(integration: Integration) -> None:
    (arguments,) = tasks.due_collections()
    assert Connection.objects.filter(pk=arguments["connection_id"]).exists()
    assert {type(value) for value in arguments.values()} == {int, str}
