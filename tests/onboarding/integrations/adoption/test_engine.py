"""A stream of the client's own is adopted as it is, looked after, and given back; never made, never deleted."""

from dataclasses import replace

import pytest

from onboarding.connections import permission_choice, sessions
from onboarding.integrations import adoption, drift, inventory, removal, repair, runs
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.run import Run
from onboarding.models.states import ConnectionState, IntegrationState, RunState
from onboarding.problem_texts import lines_of
from onboarding.provisioning.adopted_stream import KEPT
from onboarding.spec.problem import SpecRefused
from portal.aws import kinesis
from portal.aws.iam.managed_policies import get_policy
from portal.aws.policies.chosen_permissions import chosen_permissions
from portal.aws.policies.optional_permissions import PERMISSION_BY_KEY
from portal.aws.policies.session_policies import SessionScope
from portal.aws.records import get_records, put_record
from portal.aws.shards import list_shards, shard_iterator
from portal.aws.stream_settings import SHARD_LEVEL_METRICS, enable_shard_level_metrics, set_retention, start_encryption
from portal.messages.catalogue import text_of, todo_of
from portal.messages.message import Message
from portal.tenancy.models import AuditEvent
from tests.onboarding.integrations.adoption.conftest import NAME, REGION, TAGS, Theirs
from tests.onboarding.provisioning.driving import carried_out, delivered_key, differences, failed_steps, started
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
WRITES = ("Create", "Delete", "Update", "Increase", "Decrease", "Enable", "Disable", "Start", "Stop")
RECORDS = [b"0", b"1", b"2", b"3", b"4", b"5"]


def removed(integration: Integration, **how: bool) -> Run:
    run = carried_out(removal.start_removal(integration=integration, actor="test", **how))
    assert run.state == RunState.DONE, failed_steps(run)
    integration.refresh_from_db()
    return run


def test_it_is_adopted_as_it_is(theirs: Theirs, calls: list[str]) -> None:
    before = theirs.stream()
    calls.clear()
    integration = theirs.adopted()
    uid = integration.uid
    assert theirs.stream() == before
    assert theirs.tags() == {**TAGS, "sluice:integration": uid, "sluice:tenant": theirs.world.tenant.slug}
    assert [operation for operation in calls if "Stream" in operation and operation.startswith(WRITES)] == []
    assert calls.count("AddTagsToStream") == 1
    put_record(delivered_key(theirs.world, integration), NAME, data=b"6", partition_key="a")
    assert [record for record in theirs.records() if record in RECORDS] == RECORDS


def test_what_is_made_for_it_is_held_to_the_prefix(theirs: Theirs) -> None:
    integration = theirs.adopted()
    names = dict(Resource.objects.filter(integration=integration).values_list("kind", "name"))
    assert names.pop("data stream") == NAME
    assert {name[:17] for name in names.values()} == {f"sluice-{NAME}-"}
    [line] = [row for row in inventory.lines(integration) if row.kind == "data stream"]
    assert (line.is_adopted, line.arn) == (True, theirs.arn)
    assert text_of(line.owner) == f"yours, adopted by {theirs.world.admin}"
    assert "delete-stream" not in line.command


def test_who_confirmed_just_this_stream_is_in_the_audit_trail(theirs: Theirs) -> None:
    theirs.adopting()
    [event] = AuditEvent.objects.filter(action="onboarding:stream:adoption-confirmed")
    made = theirs.looked().stream.creation_timestamp
    assert event.actor == str(theirs.world.admin)
    assert (event.details["arn"], event.details["creation_timestamp"]) == (theirs.arn, made)


def test_applied_again_changes_nothing(theirs: Theirs, calls: list[str]) -> None:
    integration = theirs.adopted()
    spec = theirs.spec(theirs.looked())
    calls.clear()
    run = carried_out(runs.start_run(integration=integration, actor="test", spec=spec))
    assert run.state == RunState.DONE, failed_steps(run)
    assert [operation for operation in calls if operation.startswith((*WRITES, "AddTags", "RemoveTags"))] == []


def test_what_is_changed_is_told_before_and_done(theirs: Theirs) -> None:
    run = theirs.adopting(shards=5, retention_hours=96, tags={"team": "walls", "floor": "3"})
    found = theirs.looked()
    changes = adoption.changes_from(found, replace(found.stream, shards=5, retention_hours=96, tags={"team": "walls"}))
    assert [(change.path, text_of(change.was), text_of(change.becomes)) for change in changes] == [
        ("stream.shards", "3", "5"),
        ("stream.retention_hours", "72 hours", "96 hours"),
        ("stream.tags.team", "roofs", "walls"),
    ]
    assert "half and twice" in text_of(changes[0].effect)
    assert carried_out(run).state == RunState.DONE
    assert (theirs.stream().open_shard_count, theirs.stream().retention_hours) == (5, 96)
    assert {"team": "walls", "floor": "3", "managed-by": "terraform"}.items() <= theirs.tags().items()


def test_more_changes_than_a_day_allows_are_refused_before_any_call(theirs: Theirs, calls: list[str]) -> None:
    found = theirs.looked()
    integration = Integration.objects.create(tenant=theirs.world.tenant, name="draft")
    adoption.confirm(integration=integration, found=found, actor="test")
    calls.clear()
    with pytest.raises(SpecRefused) as refused:
        runs.start_run(integration=integration, actor="test", spec=theirs.spec(found, shards=3 * 2**11))
    assert "10 times in 24 hours" in "\n".join(lines_of(refused.value))
    assert calls == []


def test_a_shorter_retention_loses_records_and_has_to_be_said(theirs: Theirs) -> None:
    with pytest.raises(SpecRefused) as refused:
        theirs.adopting(retention_hours=24)
    assert "are deleted immediately" in lines_of(refused.value)[0]
    Integration.objects.all().delete()
    assert carried_out(theirs.adopting(retention_hours=24, accept_loss=True)).state == RunState.DONE
    assert theirs.stream().retention_hours == 24


def test_nothing_is_adopted_that_nobody_confirmed(theirs: Theirs) -> None:
    integration = Integration.objects.create(tenant=theirs.world.tenant, name="draft")
    spec = theirs.spec(theirs.looked())
    with pytest.raises(SpecRefused) as refused:
        runs.start_run(integration=integration, actor="test", spec=spec)
    assert [problem.path for problem in refused.value.problems] == ["stream.adopt"]
    assert "adoption.not_confirmed" in str(refused.value)


def test_another_stream_made_since_is_not_taken_for_it(theirs: Theirs) -> None:
    run = theirs.adopting()
    theirs.made_anew()
    run = carried_out(run)
    assert failed_steps(run)["stream"].code == "refused.another_stream"
    assert theirs.tags() == TAGS


def test_a_stream_that_is_gone_is_not_made(theirs: Theirs, calls: list[str]) -> None:
    run = theirs.adopting()
    theirs.deleted()
    run = carried_out(run)
    assert failed_steps(run)["stream"].code == "refused.no_stream_to_adopt"
    assert "CreateStream" not in calls[-20:]
    assert kinesis.describe_stream(theirs.world.root(), NAME) is None


def test_one_of_another_integration_is_never_taken(theirs: Theirs) -> None:
    run = theirs.adopting()
    kinesis.tag_stream(theirs.world.root(), NAME, {"sluice:integration": "somebodyelse"})
    assert failed_steps(carried_out(run))["stream"].code == "refused.of_another_integration"
    assert theirs.tags()["sluice:integration"] == "somebodyelse"
    found = theirs.looked()
    assert "of another organisation or portal" in text_of(found.obstacle)
    assert "sluice:integration=somebodyelse" in text_of(found.obstacle)


def test_two_integrations_cannot_adopt_one_stream(theirs: Theirs) -> None:
    first = theirs.adopting()
    with pytest.raises(SpecRefused) as refused:
        theirs.adopting(name="second")
    assert Message("adoption.taken", integration=NAME) in [problem.message for problem in refused.value.problems]
    Integration.objects.filter(name="draft").delete()
    assert carried_out(first).state == RunState.DONE
    assert f"belongs to your integration {NAME}" in text_of(theirs.looked().obstacle)


def test_a_plan_that_another_tenant_says_it_runs_itself_stands_in_nobodys_way(theirs: Theirs) -> None:
    other = theirs.world.other_tenant
    claim = Connection.objects.create(
        tenant=other,
        name="claimed",
        account_id=theirs.world.account_id,
        state=ConnectionState.NO_ACCESS,
        name_prefix="",
    )
    spec = {"stream": {"name": NAME, "region": REGION}}
    Integration.objects.create(
        tenant=other, connection=claim, name="theirs", state=IntegrationState.SELF_MANAGED, spec=spec
    )
    assert carried_out(theirs.adopting()).state == RunState.DONE


def test_without_the_word_adopt_it_is_left_alone_and_the_way_is_told(world: World) -> None:
    kinesis.create_stream(world.root(), "sluice-sensors", mode="PROVISIONED", shard_count=1, tags=TAGS)
    run = carried_out(started(world, delivery=False))
    step = run.steps.get(name="stream")
    assert step.reason.code == "refused.stream_exists"
    assert "adopt: true and creation_timestamp: 20" in todo_of(step.reason)
    assert kinesis.stream_tags(world.root(), "sluice-sensors") == TAGS


def test_a_name_outside_the_prefix_needs_its_arn_in_the_connection(theirs: Theirs) -> None:
    permission_choice.choose_permissions(
        connection=theirs.connection, optional=chosen_permissions(PERMISSION_BY_KEY), actor="test"
    )
    with pytest.raises(SpecRefused) as refused:
        theirs.adopting()
    [problem] = refused.value.problems
    assert problem.path == "stream.name"
    assert problem.message.code == "connection.adoption_not_allowed"
    assert problem.message.params["permission"] == Message("grant.adoption")
    assert problem.message.params["arn"] == theirs.arn


def test_a_role_that_is_older_than_the_choice_is_told_of(theirs: Theirs) -> None:
    policies = {**theirs.connection.deployed["policies"]}
    older = [statement for statement in policies["SluiceStreams"]["Statement"] if statement["Sid"] != "OtherStreams"]
    policies["SluiceStreams"] = {**policies["SluiceStreams"], "Statement": older}
    found = theirs.looked()
    theirs.connection.deployed = {"policies": policies}
    theirs.connection.save()
    with pytest.raises(SpecRefused) as refused:
        theirs.adopting(theirs.spec(found))
    assert "connection.role_out_of_date" in str(refused.value)


@pytest.mark.parametrize("may_delete", [True, False], ids=["with the right to delete", "without"])
def test_it_is_given_back_as_it_was_whatever_is_asked_for(theirs: Theirs, calls: list[str], may_delete: bool) -> None:
    before = theirs.stream()
    integration = theirs.adopted()
    type(theirs.connection).objects.update(allow_deletion=may_delete)
    calls.clear()
    run = removed(Integration.objects.get(pk=integration.pk), delete_data=True)
    assert run.steps.get(name="remove_stream").title.code == "removal.adopted_stream"
    assert "DeleteStream" not in calls
    assert (theirs.stream(), theirs.tags()) == (before, TAGS)
    assert [record for record in theirs.records() if record in RECORDS] == RECORDS
    integration.refresh_from_db()
    assert integration.state == IntegrationState.REMOVED
    [line] = [row for row in inventory.lines(integration) if row.is_adopted]
    assert line.kept == KEPT.reason
    assert line.command == ""
    if may_delete:
        assert inventory.leftovers(inventory.lines(integration)) == []


def test_after_a_removal_another_integration_can_adopt_it(theirs: Theirs) -> None:
    removed(theirs.adopted())
    again = theirs.adopted()
    assert theirs.tags()["sluice:integration"] == again.uid
    # Looking again at what the first one left takes nothing from the second.
    first = Integration.objects.exclude(pk=again.pk).get()
    removed(first, delete_data=True)
    assert theirs.tags()["sluice:integration"] == again.uid


def test_a_run_that_stopped_before_it_was_tagged_does_not_make_it_deletable(theirs: Theirs) -> None:
    run = theirs.adopting()
    integration = Integration.objects.get(pk=run.integration_id)
    Resource.objects.create(integration=integration, kind="data stream", name=NAME, notes={"adopted": True})
    Run.objects.filter(pk=run.pk).update(state=RunState.FAILED)
    removed(integration, delete_data=True)
    assert theirs.tags() == TAGS


def test_drift_is_seen_and_mended_and_a_stream_that_is_gone_stays_gone(theirs: Theirs) -> None:
    integration = theirs.adopted(tags={"floor": "3"})
    root = theirs.world.root()
    assert drift.check(integration) == []
    set_retention(root, NAME, current_hours=72, wanted_hours=100)
    kinesis.untag_stream(root, NAME, ["sluice:integration"])
    assert set(differences(drift.check(integration))) == {"Retention period", f"Data stream {NAME}: tag"}
    run = repair.repair(integration=integration, actor="test", accept_loss=True)
    assert carried_out(run).state == RunState.DONE
    assert (theirs.stream().retention_hours, theirs.tags()["sluice:integration"]) == (72, integration.uid)
    row = Resource.objects.get(kind="data stream")
    assert row.notes == {"adopted": True, "tags": ["floor"]}  # what is ours to take off is still known
    theirs.deleted()
    assert differences(drift.check(integration))["Data stream telemetry"] == ("exists", "deleted")
    run = carried_out(repair.repair(integration=integration, actor="test"))
    assert failed_steps(run)["stream"].code == "refused.adopted_stream_gone"
    assert kinesis.describe_stream(root, NAME) is None


def test_one_of_the_same_name_made_since_is_drift(theirs: Theirs) -> None:
    integration = theirs.adopted()
    theirs.made_anew()
    found = differences(drift.check(integration))
    assert found["Creation time"] == (theirs.made_at, theirs.looked().stream.creation_timestamp)


def test_whose_stream_it_is_cannot_be_changed(theirs: Theirs) -> None:
    integration = theirs.adopted()
    spec = theirs.spec(theirs.looked(), adopt=False, creation_timestamp="")
    permission_choice.choose_permissions(
        connection=theirs.connection, optional=chosen_permissions(PERMISSION_BY_KEY), actor="test"
    )
    with pytest.raises(SpecRefused) as refused:
        runs.start_run(integration=integration, actor="test", spec=spec)
    assert "stream.adopt" in {problem.path for problem in refused.value.problems}


def test_a_few_shard_level_metrics_stay_as_they_are(theirs: Theirs) -> None:
    few = frozenset({"IncomingBytes", "OutgoingBytes"})
    enable_shard_level_metrics(theirs.world.root(), NAME, few)
    assert few < SHARD_LEVEL_METRICS
    integration = theirs.adopted()
    assert theirs.stream().shard_level_metrics == few
    assert drift.check(integration) == []


def test_a_key_called_by_its_alias_stays_as_it_is(theirs: Theirs) -> None:
    root = theirs.world.root()
    kms = root.client("kms")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/roofs", TargetKeyId=arn)
    start_encryption(root, NAME, "alias/roofs")
    while theirs.stream().status != "ACTIVE":
        pass
    assert theirs.looked().stream.kms_key == arn
    integration = theirs.adopted()
    assert theirs.stream().key_id == "alias/roofs"
    assert drift.check(integration) == []
    [policy] = [candidate for candidate in iam_policies(theirs) if candidate["PolicyName"].startswith("sluice-")]
    document = get_policy(root, policy["Arn"])
    assert document is not None
    assert arn in str(document.document)


def iam_policies(theirs: Theirs) -> list[dict[str, str]]:
    found = theirs.world.root().client("iam").list_policies(Scope="Local", PathPrefix="/sluice/")["Policies"]
    return list(found)


def test_the_connection_reads_samples_of_it(theirs: Theirs) -> None:
    integration = theirs.adopted()
    assert integration.connection is not None
    aws = sessions.session_for(integration.connection, REGION, "test", SessionScope.RECORDS)
    shard = list_shards(aws, NAME)[0]
    iterator = shard_iterator(aws, NAME, shard.shard_id, kind="TRIM_HORIZON")
    assert get_records(aws, iterator, shard.shard_id, limit=1) is not None
