"""External IDs that run out, refusals that pass, roles that change afterwards, and accounts that two tenants name."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from onboarding import tasks
from onboarding.account_state.connection_status import connection_status
from onboarding.connections import creation, external_ids, grant, permission_choice, permission_report, verification
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import ConnectionState, IntegrationState
from portal.messages.message import Message
from portal.tenancy.models import AuditEvent
from tests.onboarding.pages import verified_connection
from tests.world import World, apply_template, every_right

pytestmark = pytest.mark.django_db(transaction=True)
SOON, LATER = timedelta(hours=47, minutes=59), timedelta(hours=48)


def begun(world: World, name: str = "production") -> Connection:
    return creation.start_connection(tenant=world.tenant, name=name, account_id=world.account_id, actor=world.admin)


def verify(world: World, connection: Connection, **given) -> Connection:
    role_arn = connection.usual_role_arn
    return verification.verify_connection(connection=connection, role_arn=role_arn, actor=world.admin, **given)


def set_trust(world: World, connection: Connection, trust: dict) -> None:
    name = connection.usual_role_arn.rpartition("/")[2]
    world.root().client("iam").update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))


def actions(world: World) -> list[str]:
    events = AuditEvent.objects.filter(tenant=world.tenant).order_by("pk")
    return [event.action.removeprefix("onboarding:connection:") for event in events if ":connection:" in event.action]


# External IDs.


def test_an_external_id_that_nobody_used_is_replaced_after_48_hours(world: World) -> None:
    connection = begun(world)
    first = connection.external_id
    assert external_ids.expire_external_ids(now=connection.external_id_created_at + SOON) == 0
    assert external_ids.expire_external_ids(now=connection.external_id_created_at + LATER) == 1
    connection.refresh_from_db()
    assert connection.external_id != first
    assert connection.verdict == Message("trust.external_id_renewed")
    assert actions(world) == ["started", "external-id-renewed"]
    assert external_ids.expire_external_ids(now=connection.external_id_created_at + SOON) == 0


def test_a_role_with_the_void_external_id_is_refused_until_the_template_is_taken_again(world: World) -> None:
    connection = begun(world)
    apply_template(world.root(), grant.role_template(connection))
    late = connection.external_id_created_at + LATER
    verify(world, connection, now=late)
    assert connection.state == ConnectionState.DRAFT
    assert connection.verdict == Message("trust.external_id_renewed")
    Connection.objects.filter(pk=connection.pk).update(created_at=late - LATER)
    connection.refresh_from_db()
    verify(world, connection, now=late + timedelta(minutes=1))
    assert connection.state == ConnectionState.REFUSED
    assert connection.verdict.code == "trust.denied_after_renewal"
    set_trust(world, connection, grant.grant_of(connection).trust)
    assert verify(world, connection, now=late + timedelta(minutes=2)).state == ConnectionState.VERIFIED


def test_an_external_id_in_use_never_runs_out(world: World) -> None:
    connection = world.connected()
    much_later = connection.external_id_created_at + timedelta(days=400)
    assert external_ids.expire_external_ids(now=much_later) == 0
    assert connection.external_id_ends_at is None
    set_trust(world, connection, {"Version": "2012-10-17", "Statement": []})
    verify(world, connection, now=much_later)
    assert connection.state == ConnectionState.DEGRADED
    assert external_ids.expire_external_ids(now=much_later) == 0
    with pytest.raises(ValidationError, match="in use"):
        external_ids.renew_external_id(connection=connection, actor=world.admin)


def test_a_connection_with_a_living_integration_keeps_its_external_id(world: World) -> None:
    connection = begun(world)
    Integration.objects.create(
        tenant=world.tenant, connection=connection, name="old", state=IntegrationState.LIVE, spec={}
    )
    assert external_ids.expire_external_ids(now=connection.external_id_created_at + LATER) == 0


def test_an_id_is_not_replaced_in_a_suspended_tenant(world: World) -> None:
    connection = begun(world)
    world.tenant.is_suspended = True
    world.tenant.save()
    assert external_ids.expire_external_ids(now=connection.external_id_created_at + LATER) == 0


# Propagation.


def test_a_first_refusal_is_still_propagating_for_two_minutes(world: World) -> None:
    connection, now = begun(world), timezone.now()
    verify(world, connection, now=now)
    assert connection.state == ConnectionState.REFUSED
    assert connection.is_propagating_at(now + timedelta(seconds=119))
    assert not connection.is_propagating_at(now + timedelta(seconds=120))
    assert connection_status(connection).state is ConnectionState.PROPAGATING
    verify(world, connection, now=now + timedelta(seconds=100), quietly=True)
    assert not connection.is_propagating_at(now + timedelta(seconds=120)), "the clock starts once"
    assert actions(world) == ["started", "refused"], "trying again quietly leaves no trail"


def test_a_role_that_arrives_within_the_two_minutes_is_verified(world: World) -> None:
    connection = verify(world, begun(world))
    apply_template(world.root(), grant.role_template(connection))
    assert verify(world, connection, quietly=True).state == ConnectionState.VERIFIED
    assert actions(world) == ["started", "refused", "verified"]


def test_an_unsafe_role_is_no_matter_of_time(world: World) -> None:
    connection = begun(world)
    apply_template(world.root(), grant.role_template(connection))
    trust = grant.grant_of(connection).trust
    del trust["Statement"][0]["Condition"]
    set_trust(world, connection, trust)
    verify(world, connection)
    assert connection_status(connection).state is ConnectionState.REFUSED


# The scheduled re-check.


def test_a_change_degrades_a_connection_and_it_recovers_by_itself(world: World) -> None:
    connection = world.connected()
    before = len(actions(world))
    tasks.recheck_connection(connection_id=connection.pk)
    assert len(actions(world)) == before, "nothing changed, nothing is said"
    trust = grant.grant_of(connection).trust
    open_trust = json.loads(json.dumps(trust))
    del open_trust["Statement"][0]["Condition"]
    set_trust(world, connection, open_trust)
    tasks.recheck_connection(connection_id=connection.pk)
    connection.refresh_from_db()
    assert connection.state == ConnectionState.DEGRADED
    assert connection.verdict == Message("trust.no_external_id_required")
    assert connection.verified_at is not None
    set_trust(world, connection, trust)
    tasks.recheck_connection(connection_id=connection.pk)
    connection.refresh_from_db()
    assert connection.state == ConnectionState.VERIFIED
    assert actions(world)[before:] == ["degraded", "verified"]


def test_a_silent_aws_degrades_nothing(world: World, monkeypatch) -> None:
    connection = world.connected()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://127.0.0.1:9")
    checked = connection.checked_at
    verification.recheck_connection(connection=connection)
    connection.refresh_from_db()
    assert (connection.state, connection.checked_at) == (ConnectionState.VERIFIED, checked)


def test_only_connections_that_were_verified_are_tried_again(world: World) -> None:
    begun(world)
    refused = verified_connection(world.tenant, name="r", state=ConnectionState.REFUSED)
    degraded = verified_connection(world.tenant, name="d", state=ConnectionState.DEGRADED)
    verified = verified_connection(world.tenant, name="v")
    assert refused not in verification.watched_connections()
    assert set(verification.watched_connections()) == {degraded, verified}


# One account, one tenant.


def test_several_connections_of_one_tenant_may_name_one_account(world: World) -> None:
    first = world.connected()
    second = begun(world, "staging")
    assert second.name_suffix.startswith("-")
    stack = world.root().client("cloudformation")
    stack.create_stack(
        StackName="second", TemplateBody=grant.role_template(second), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    stack.get_waiter("stack_create_complete").wait(StackName="second", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert verify(world, second).state == ConnectionState.VERIFIED
    verification.recheck_connection(connection=first)
    assert first.state == ConnectionState.VERIFIED
    assert second.boundary_arn.endswith(f"policy/SluiceBoundary{second.name_suffix}")


def test_another_tenants_account_is_refused_in_neutral_words_and_support_is_told(world: World) -> None:
    world.connected()
    with pytest.raises(ValidationError) as caught:
        creation.start_connection(
            tenant=world.other_tenant, name="mine", account_id=world.account_id, actor=world.outsider
        )
    problem = " ".join(caught.value.message_dict["account_id"])
    assert "cannot be connected here" in problem
    assert "northwind" not in problem.lower()
    assert not world.other_tenant.connections.exists()
    event = AuditEvent.objects.get(action="onboarding:connection:account-conflict")
    assert event.tenant is None, "neither tenant sees it"
    assert event.details == {"asked_by": "contoso", "held_by": "northwind"}


def test_who_verifies_second_is_refused_even_with_a_good_role(world: World) -> None:
    theirs = creation.start_connection(
        tenant=world.other_tenant, name="mine", account_id=world.account_id, actor=world.outsider
    )
    world.connected()
    set_trust(world, theirs, grant.grant_of(theirs).trust)
    verify(world, theirs)
    assert theirs.state == ConnectionState.REFUSED
    assert theirs.verified_at is None
    assert "northwind" not in json.dumps([theirs.trust_report, theirs.verdict.as_json()]).lower()
    assert AuditEvent.objects.filter(action="onboarding:connection:account-conflict", tenant=None).count() == 1


def test_an_account_that_nobody_verified_is_nobodys(world: World) -> None:
    begun(world)
    theirs = creation.start_connection(
        tenant=world.other_tenant, name="mine", account_id=world.account_id, actor=world.outsider
    )
    assert theirs.pk


# Rights by choice, and the permission report.


def test_the_permission_report_of_a_real_role_passes_and_is_kept(world: World) -> None:
    connection = world.connected()
    report = permission_report.check_permissions(connection=connection)
    assert (report["simulated"], report["failed"], report["unknown"]) == (True, 0, 0)
    connection.refresh_from_db()
    assert connection.permission_report == report
    assert report["checked_at"]


def test_rights_are_left_out_by_choice_and_seen_missing_until_the_role_follows(world: World) -> None:
    connection = world.connected()
    less = replace(every_right(world.account_id), sampling=False)
    permission_choice.choose_permissions(connection=connection, optional=less, actor=world.admin)
    assert "SampleRecords" not in grant.role_template(connection)
    assert "SampleRecords" not in grant.role_script(connection)
    assert "SampleRecords" not in grant.role_terraform(connection)
    wide = permission_report.check_permissions(connection=connection)
    failed = {line["action"] for line in wide["lines"] if line["passed"] is False}
    assert failed == {"kinesis:GetRecords", "kinesis:GetShardIterator", "kms:Decrypt", "s3:GetObject"}


def test_a_permission_report_needs_a_role_that_opens(world: World) -> None:
    with pytest.raises(ValidationError, match="cannot assume the role"):
        permission_report.check_permissions(connection=begun(world))


def test_a_link_is_given_only_where_a_template_is_hosted(world: World, settings) -> None:
    connection = begun(world)
    settings.SLUICE_TEMPLATE_URL = ""
    assert grant.quick_create_link(connection) == ""
    settings.SLUICE_TEMPLATE_URL = "https://b.s3.amazonaws.com/t.yaml"
    assert connection.external_id in grant.quick_create_link(connection)
