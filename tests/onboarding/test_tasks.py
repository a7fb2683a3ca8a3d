"""Celery's tasks: each does its one thing to the row of its id, or asks for that in a task of its own."""

import base64
import json
import logging
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.utils import timezone

from onboarding import check_queue, tasks
from onboarding.connections import check_requests
from onboarding.models.connection import Connection
from onboarding.models.connection_check import ConnectionCheck
from onboarding.models.integration import Integration
from onboarding.models.requested_check import CHECK_EXPIRES
from onboarding.models.resource_check import ResourceCheck
from onboarding.models.run import Run
from onboarding.models.states import ConnectionState, IntegrationState, RunKind, RunState
from portal.aws.session import AwsSession
from portal.messages.message import Message
from portal.openpgp import homes
from portal.tenancy.models import Tenant
from tests.monitoring.conftest import live_integration
from tests.onboarding.pages import verified_connection
from tests.onboarding.provisioning.steps.account import Answers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tenant(clean_redis: str) -> Tenant:
    return Tenant.objects.create(slug="northwind", name="Northwind Estates")


def sent() -> list[tuple[str, dict[str, Any]]]:
    """The messages at the broker: the task and its arguments."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        queues = [name for name in client.keys("*") if client.type(name) == b"list"]
        waiting = [json.loads(message) for name in queues for message in client.lrange(name, 0, -1)]
    found = [(message["headers"]["task"], json.loads(base64.b64decode(message["body"]))[1]) for message in waiting]
    return sorted(found, key=repr)


def lost() -> None:
    """The broker loses every message."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.flushdb()


def run_of(integration: Integration, **fields: Any) -> Run:
    return Run.objects.create(integration=integration, spec=integration.spec, requested_by="a test", **fields)


def test_a_run_that_is_over_asks_for_nothing_more(tenant: Tenant, aws: AwsSession, answers: Answers) -> None:
    run = run_of(live_integration(tenant))
    run.steps.create(name="stream", position=1, title=Message("step.encryption_off"))
    answers.refuse("DescribeStreamSummary", "ValidationException", "1 validation error detected")
    tasks.advance_run(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, sent()) == (RunState.FAILED, [])


def test_a_run_that_must_wait_is_called_again_when_it_is_due(tenant: Tenant, aws: AwsSession, answers: Answers) -> None:
    run = run_of(live_integration(tenant), kind=RunKind.DESTROY)
    answers.refuse("AssumeRole", "Throttling", "Rate exceeded")
    tasks.advance_run(run_id=run.pk)
    run.refresh_from_db()
    assert timezone.now() < run.due_at < timezone.now() + timedelta(seconds=6)
    assert sent() == [("onboarding.advance_run", {"run_id": run.pk})]


def test_the_sweep_wakes_what_is_due_and_not_held(tenant: Tenant) -> None:
    now = timezone.now()
    later = {"due_at": now + timedelta(hours=1)}
    held = {"lease_until": now + timedelta(hours=1)}
    runs = [run_of(live_integration(tenant, f"s{i}"), **more) for i, more in enumerate(({}, later, held))]
    tasks.sweep_runs()
    assert sent() == [("onboarding.advance_run", {"run_id": runs[0].pk})]


def test_a_check_whose_message_was_lost_is_sent_again_until_a_worker_holds_it(tenant: Tenant) -> None:
    trust = check_requests.request_permission_check(connection=verified_connection(tenant), actor="ada")
    bucket = check_queue.request(
        ResourceCheck,
        of={"integration": live_integration(tenant), "kind": "bucket", "part": "1"},
        inputs={"input": {}},
        actor="ada",
        progress=Message("check.waiting"),
    )
    lost()
    tasks.sweep_checks()
    assert sent() == [], "the messages were sent a moment ago"
    for kind_of in (ConnectionCheck, ResourceCheck):
        kind_of.objects.update(requested_at=timezone.now() - timedelta(seconds=10))
    tasks.sweep_checks()
    again = [("onboarding.check_connection", trust), ("onboarding.check_resource", bucket)]
    assert sent() == [(task, {"check_id": check.pk}) for task, check in again]
    lost()
    assert check_queue.claim(ResourceCheck, bucket.pk)
    ConnectionCheck.objects.update(finished_at=timezone.now())
    tasks.sweep_checks()
    assert sent() == []
    ResourceCheck.objects.update(claimed_at=timezone.now() - check_queue.CLAIM_HOLDS - timedelta(seconds=1))
    tasks.sweep_checks()
    assert sent() == [("onboarding.check_resource", {"check_id": bucket.pk})], "its worker has ended"
    lost()
    ResourceCheck.objects.update(requested_at=timezone.now() - CHECK_EXPIRES)
    tasks.sweep_checks()
    assert sent() == [], "no one waits for it any more"


def test_the_sweep_of_orphaned_keys_does_nothing_without_any(tenant: Tenant) -> None:
    live_integration(tenant)
    tasks.sweep_orphaned_keys()
    assert sent() == []


def test_a_worker_that_starts_removes_what_a_killed_one_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(homes, "_MEMORY", tmp_path)
    left, in_use = (tmp_path / f"{homes.PREFIX}{name}" for name in ("left", "in-use"))
    for folder in (left, in_use):
        folder.mkdir()
    old = time.time() - 7200
    os.utime(left, (old, old))
    with caplog.at_level(logging.INFO, logger="onboarding.tasks"):
        tasks.clear_up()
        tasks.clear_up()
    assert (left.exists(), in_use.exists()) == (False, True)
    assert [record.getMessage() for record in caplog.records] == ["worker.stale_homes_removed count=1"]


def test_watched_connections_are_tried_each_for_itself(tenant: Tenant, settings: Any) -> None:
    settings.SLUICE_RECHECK_SECONDS = 1  # so that one share is all of them
    verified, degraded = verified_connection(tenant), verified_connection(tenant, name="b", state="degraded")
    verified_connection(tenant, name="c", state=ConnectionState.DRAFT)
    tasks.recheck_connections()
    expected = [{"connection_id": connection.pk} for connection in (verified, degraded)]
    assert sent() == [("onboarding.recheck_connection", kwargs) for kwargs in expected]


def test_a_connection_is_verified_again_and_one_that_is_gone_is_passed_over(tenant: Tenant, aws: AwsSession) -> None:
    connection = verified_connection(tenant)
    tasks.recheck_connection(connection_id=connection.pk)
    connection.refresh_from_db()
    # moto gives the role to anyone, so the external ID protects nothing any more.
    assert (connection.state, connection.trust_report["wrong"]) == (ConnectionState.DEGRADED, "allowed")
    tasks.recheck_connection(connection_id=connection.pk + 1)
    assert Connection.objects.count() == 1


def test_an_external_id_that_was_not_used_in_time_is_replaced(tenant: Tenant) -> None:
    old = timezone.now() - timedelta(hours=49)
    late = verified_connection(tenant, state=ConnectionState.DRAFT, verified_at=None, external_id_created_at=old)
    tasks.expire_external_ids()
    assert Connection.objects.get().external_id != late.external_id


def test_live_integrations_are_checked_each_for_itself(tenant: Tenant, settings: Any) -> None:
    settings.SLUICE_DRIFT_SECONDS = 1
    live, gone = live_integration(tenant), live_integration(tenant, "sluice-gone")
    Integration.objects.filter(pk=gone.pk).update(state=IntegrationState.REMOVED)
    tasks.check_drift()
    assert sent() == [("onboarding.check_integration_drift", {"integration_id": live.pk})]


@pytest.mark.parametrize("state", [IntegrationState.LIVE, IntegrationState.REMOVED])
def test_only_what_is_still_live_is_checked(tenant: Tenant, aws: AwsSession, state: IntegrationState) -> None:
    integration = live_integration(tenant)
    Integration.objects.update(state=state)
    tasks.check_integration_drift(integration_id=integration.pk)
    integration.refresh_from_db()
    assert (integration.drift_checked_at is not None) is (state == IntegrationState.LIVE)
