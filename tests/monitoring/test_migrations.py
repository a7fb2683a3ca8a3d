"""What migrations do with rows that are already there."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from onboarding.models.integration import Integration
from tests.database import as_migrations


@pytest.fixture
def before_messages(transactional_db: None) -> Iterator[None]:
    """The tables as they were before health was a message; afterwards all migrations are applied again."""
    migrate("0001_initial")
    yield
    with as_migrations(connection):
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())


def migrate(name: str) -> MigrationExecutor:
    with as_migrations(connection):
        MigrationExecutor(connection).migrate([("monitoring", name)])
    return MigrationExecutor(connection)


@pytest.mark.usefixtures("before_messages")
def test_old_health_keeps_its_state_and_the_time_of_the_last_record(integration: Integration) -> None:
    old = MigrationExecutor(connection).loader.project_state([("monitoring", "0001_initial")]).apps
    old.get_model("monitoring", "StreamHealth").objects.create(
        integration_id=integration.pk,
        state="failing",
        rank=0,
        sentence="No record has arrived for 19 minutes.",
        numbers={"use": 0.4, "deliveries": [{"success": 1}], "last_record_at": "2026-11-21T16:00:00+00:00"},
    )
    after = migrate("0002_health_messages").loader.project_state([("monitoring", "0002_health_messages")]).apps
    health = after.get_model("monitoring", "StreamHealth").objects.get(integration_id=integration.pk)
    assert (health.state, health.message) == ("failing", None)
    assert health.measurements == {"last_record_at": "2026-11-21T16:00:00+00:00"}
