"""A denial of the role degrades the connection at once, whatever met it; the first session after it heals it."""

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.utils import timezone

from monitoring.collection.collector import collect
from monitoring.tap.source import open_source
from onboarding.connections import grant, sessions, state_changes
from onboarding.connections.sessions import session_for
from onboarding.integrations import drift, existing_stream
from onboarding.integrations.context_factory import open_run
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import ConnectionState, IntegrationState
from onboarding.provisioning import engine
from onboarding.wizard import aws_checks
from portal.aws import kinesis, s3
from portal.aws.assumed_roles import assume_role_anew
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.policies.session_policies import SessionScope, no_permissions
from portal.aws.session import AwsSession, portal_session
from portal.aws.shards import list_shards, shard_iterator
from portal.messages.message import Message
from portal.tenancy.models import AuditEvent
from tests import clock
from tests.onboarding.provisioning.driving import started
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
REGION = "eu-west-1"
STREAM, SHARD = "sluice-lobby", "shardId-000000000000"
NO_ONE = {"Version": "2012-10-17", "Statement": []}


def trust(world: World, document: dict) -> None:
    iam = world.root().client("iam")
    iam.update_assume_role_policy(RoleName="SluiceAccess", PolicyDocument=json.dumps(document))


def stored(connection: Connection) -> Connection:
    return Connection.objects.select_related("tenant").get(pk=connection.pk)


def denied(connection: Connection) -> AwsFault:
    with pytest.raises(AwsFault) as caught:
        session_for(connection, REGION, "test")
    return caught.value


def advanced(run) -> None:
    clock.pass_until_due(run.pk)
    engine.advance(run.pk, open_run)


CALLERS: dict[str, Callable[[Integration], object]] = {
    "provisioning": lambda found: advanced(found.runs.get()),
    "collection": lambda found: collect(connection_id=found.connection_id, region=REGION, now=timezone.now()),
    "the tap": lambda found: open_source(found.uid).shards(),
    "drift": drift.check,
    "the wizard": lambda found: aws_checks.bucket_conflict(found, {"bucket": "sluice-lobby", "kind": "s3"}),
    "adoption": lambda found: existing_stream.find_stream(found, found.connection, "sluice-lobby", REGION),
}


@pytest.mark.parametrize("caller", CALLERS)
def test_a_denial_of_the_role_degrades_the_connection_wherever_it_is_met(world: World, caller: str) -> None:
    run = started(world)
    integration = run.integration
    integration.draft = {"connect": {"connection": integration.connection.uid}, "stream": {"region": REGION}}
    if caller != "provisioning":
        integration.runs.all().delete()
        integration.state = IntegrationState.LIVE
    integration.save()
    trust(world, NO_ONE)
    before = timezone.now()
    with suppress(AwsFault):
        CALLERS[caller](Integration.objects.select_related("tenant", "connection").get(pk=integration.pk))
    found = stored(integration.connection)
    assert (found.state, found.verdict) == (ConnectionState.DEGRADED, Message("trust.denied_since"))
    assert found.state_since >= before
    assert "AssumeRole" in found.trust_report["detail"], "AWS's own text"


def test_a_denial_is_recorded_once_with_its_time(world: World) -> None:
    connection = world.connected()
    trust(world, NO_ONE)
    denied(connection)
    first = stored(connection)
    denied(connection)
    assert stored(connection).state_since == first.state_since
    events = AuditEvent.objects.filter(action="onboarding:connection:degraded")
    assert [event.details["report"]["right"] for event in events] == ["refused"]


def test_a_call_in_an_earlier_session_that_is_denied_asks_for_the_role(world: World) -> None:
    connection = world.connected()
    aws = session_for(connection, REGION, "test")
    assert s3.bucket_state(aws, f"sluice-{world.account_id}") is s3.BucketState.ABSENT
    trust(world, NO_ONE)
    with pytest.raises(AwsFault) as caught:
        kinesis.describe_stream(aws, "not-of-the-prefix")
    assert caught.value.is_denied_role, "the cause, not the call that met it"
    assert stored(connection).state == ConnectionState.DEGRADED


def test_a_denial_of_one_action_by_a_role_that_works_is_only_that(world: World) -> None:
    connection = world.connected()
    with pytest.raises(AwsFault) as caught:
        kinesis.describe_stream(session_for(connection, REGION, "test"), "not-of-the-prefix")
    assert not caught.value.is_denied_role
    assert stored(connection).state == ConnectionState.VERIFIED


def test_the_first_session_after_a_denial_heals_the_connection(world: World) -> None:
    connection = world.connected()
    trust(world, NO_ONE)
    denied(connection)
    trust(world, grant.grant_of(connection).trust)
    session_for(stored(connection), REGION, "test")
    found = stored(connection)
    assert (found.state, found.verdict) == (ConnectionState.VERIFIED, Message("trust.works"))
    assert found.state_since > connection.state_since


def test_a_role_that_comes_back_without_its_condition_stays_degraded(world: World) -> None:
    connection = world.connected()
    trust(world, NO_ONE)
    denied(connection)
    open_trust = json.loads(json.dumps(grant.grant_of(connection).trust))
    del open_trust["Statement"][0]["Condition"]
    trust(world, open_trust)
    session_for(stored(connection), REGION, "test")
    found = stored(connection)
    assert (found.state, found.verdict.code) == (ConnectionState.DEGRADED, "trust.no_external_id_required")
    session_for(found, REGION, "test")
    assert stored(connection).state == ConnectionState.DEGRADED, "a session alone does not show that it is safe"


def test_a_session_from_before_a_change_of_the_role_is_not_used_again(world: World) -> None:
    connection = world.connected()
    before = session_for(connection, REGION, "test")
    assert session_for(connection, REGION, "test").credentials == before.credentials
    Connection.objects.filter(pk=connection.pk).update(state_since=timezone.now())
    assert session_for(stored(connection), REGION, "test").credentials != before.credentials


def test_where_nothing_changed_no_row_is_read_or_written(world: World, django_assert_num_queries) -> None:
    connection = world.connected()
    with django_assert_num_queries(0):
        session_for(connection, REGION, "test")
        session_for(connection, REGION, "test")
        sessions.session_anew(connection, REGION, "test")


# What each scope is for, and what its session policy denies although the role may do it.
SCOPES: dict[SessionScope, tuple[Callable[[AwsSession], object], Callable[[AwsSession], object]]] = {
    SessionScope.METRICS: (lambda aws: list_shards(aws, STREAM), lambda aws: shard_iterator(aws, STREAM, SHARD)),
    SessionScope.RECORDS: (
        lambda aws: shard_iterator(aws, STREAM, SHARD),
        lambda aws: kinesis.delete_stream(aws, STREAM),
    ),
    SessionScope.SETTINGS: (
        lambda aws: kinesis.stream_tags(aws, STREAM),
        lambda aws: kinesis.delete_stream(aws, STREAM),
    ),
    SessionScope.PROVISIONING: (
        lambda aws: kinesis.tag_stream(aws, STREAM, {"a": "b"}),
        lambda aws: shard_iterator(aws, STREAM, SHARD),
    ),
}


@pytest.mark.parametrize("scope", SCOPES)
def test_a_session_may_do_what_its_scope_is_for_and_nothing_else(world: World, scope: SessionScope) -> None:
    connection = world.connected()
    world.root().client("kinesis").create_stream(StreamName=STREAM, ShardCount=1)
    aws = session_for(connection, REGION, scope, scope)
    intended, other = SCOPES[scope]
    intended(aws)
    with pytest.raises(AwsFault) as caught:
        other(aws)
    assert (caught.value.kind, caught.value.is_denied_role) == (FaultKind.DENIED, False)


def test_the_session_of_the_trust_test_may_do_nothing(world: World) -> None:
    connection, asked = world.connected(), []
    client = portal_session("us-east-1").client("sts")
    client.meta.events.register_last("before-parameter-build.sts.AssumeRole", lambda params, **_: asked.append(params))
    assert sessions.trust_report(connection, connection.role_arn).trusted
    assert [json.loads(params["Policy"]) for params in asked] == [no_permissions()] * 3
    aws = assume_role_anew(
        role_arn=connection.role_arn,
        external_id=connection.external_id,
        session_name="test",
        region=REGION,
        policy=no_permissions(),
    )
    with pytest.raises(AwsFault) as caught:
        kinesis.describe_stream(aws, STREAM)
    assert caught.value.kind is FaultKind.DENIED


def test_whoever_shows_connections_is_notified_of_a_change(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    monkeypatch.setattr(state_changes, "REGISTERED", [heard.append])
    connection = world.connected()
    trust(world, NO_ONE)
    denied(connection)
    denied(connection)
    assert heard == [connection.pk, connection.pk], "verified, then degraded"
