"""Texts of earlier rows survive as parameters of one message, and rows without text have no message."""

from collections.abc import Iterator

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.messages.catalogue import text_of, todo_of
from portal.messages.message import Message
from tests.database import as_migrations

pytestmark = pytest.mark.django_db(transaction=True)


def migrated(name: str | None) -> Apps:
    """The models after a migration of onboarding; without a name, after all migrations of all apps."""
    with as_migrations(connection):
        executor = MigrationExecutor(connection)
        leaves = executor.loader.graph.leaf_nodes()  # of every app: others were taken back with this one
        targets = [("onboarding", name)] if name else leaves
        executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def names() -> tuple[str, str]:
    """The migration before this one, and this one."""
    loader = MigrationExecutor(connection).loader
    [name] = [name for app, name in loader.disk_migrations if name.endswith("_messages_as_codes")]
    [(_, earlier)] = loader.disk_migrations["onboarding", name].dependencies
    return earlier, name


@pytest.fixture
def before() -> Iterator[Apps]:
    yield migrated(names()[0])
    migrated(None)


def test_texts_become_messages(before: Apps) -> None:
    tenant = before.get_model("tenancy", "Tenant").objects.create(slug="northwind", name="Northwind")
    integration = before.get_model("onboarding", "Integration").objects.create(tenant=tenant, name="sensors")
    run = before.get_model("onboarding", "Run").objects.create(
        integration=integration, spec={}, requested_by="ada", state="failed", failure="Bucket: the name is taken."
    )
    steps = before.get_model("onboarding", "Step").objects
    steps.create(run=run, name="stream", position=1, title="The stream is active", state="done", did="tagged it")
    steps.create(
        run=run, name="bucket", position=2, title="Bucket", state="failed", reason="It is taken.", todo="Choose another."
    )
    resources = before.get_model("onboarding", "Resource").objects
    resources.create(integration=integration, kind="S3 bucket", name="a", kept="It holds objects.")
    resources.create(integration=integration, kind="S3 bucket", name="b")

    after = migrated(names()[1])

    assert text_of(after.get_model("onboarding", "Run").objects.get().failure) == "Bucket: the name is taken."
    done, failed = after.get_model("onboarding", "Step").objects.order_by("position")
    assert done.title == Message("legacy.text", text="The stream is active", todo="")
    assert (text_of(done.did), done.found, done.reason) == ("tagged it", None, None)
    assert (text_of(failed.reason), todo_of(failed.reason)) == ("It is taken.", "Choose another.")
    kept = dict(after.get_model("onboarding", "Resource").objects.values_list("name", "kept"))
    assert (text_of(kept["a"]), kept["b"]) == ("It holds objects.", None)
