"""A changed declaration, carried out: what the plan says is done, and nothing else."""

from dataclasses import replace

import pytest

from onboarding.integrations import inventory, runs, update
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState, RunState
from onboarding.spec import validation
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import SpecRefused
from portal.aws import firehose, kinesis, logs, s3
from portal.aws.iam.roles import role_policy
from portal.aws.records import put_record
from portal.messages.message import Message
from tests.onboarding.provisioning.driving import applied, carried_out, delivered_key, failed_steps
from tests.onboarding.provisioning.test_engine import WRITES
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def spec_of(integration: Integration) -> IntegrationSpec:
    return validation.from_dict(Integration.objects.get(pk=integration.pk).spec)


def changed(world: World, integration: Integration, after: IntegrationSpec, *, accept_loss: bool = False) -> Run:
    """The changed declaration, carried out."""
    started = runs.start_run(integration=integration, actor=world.admin, spec=after, accept_loss=accept_loss)
    run = carried_out(started)
    assert run.state == RunState.DONE, failed_steps(run)
    integration.refresh_from_db()
    assert integration.state == IntegrationState.LIVE
    return run


def test_a_stream_is_updated_in_place_and_its_key_goes_on_working(world: World, calls: list[str]) -> None:
    integration, _ = applied(world, delivery=False)
    before = spec_of(integration)
    stream = replace(before.stream, shards=5, retention_hours=24, shard_level_metrics=False, kms_key="none")
    after = replace(before, stream=stream)
    assert {change.path for change in update.changes_of(integration, after)} == {
        "stream.shards",
        "stream.retention_hours",
        "stream.shard_level_metrics",
        "stream.kms_key",
    }
    calls.clear()
    changed(world, integration, after, accept_loss=True)
    assert sorted(call for call in calls if call.startswith(WRITES)) == [
        "DecreaseStreamRetentionPeriod",
        "DisableEnhancedMonitoring",
        "StopStreamEncryption",
        "UpdateShardCount",
        "UpdateShardCount",
    ]
    found = kinesis.describe_stream(world.root(), "sluice-sensors")
    assert (found.open_shard_count, found.retention_hours, found.encryption_type) == (5, 24, "NONE")
    put_record(delivered_key(world, integration), "sluice-sensors", data=b"{}", partition_key="a")


def test_a_delivery_is_added_to_a_living_stream(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    wanted = world.spec(integration.connection, world.tenant.pgp_keys.get()).deliveries[0]
    changed(world, integration, replace(spec_of(integration), deliveries=(wanted,)))
    assert firehose.describe_delivery_stream(world.root(), wanted.name).status == "ACTIVE"
    assert integration.credentials.count() == 1


def test_a_delivery_is_removed_and_only_that(world: World) -> None:
    integration, _ = applied(world)
    before = spec_of(integration)
    run = changed(world, integration, replace(before, deliveries=()))
    root = world.root()
    assert firehose.describe_delivery_stream(root, before.deliveries[0].name) is None
    assert logs.describe_log_group(root, f"/aws/kinesisfirehose/{before.deliveries[0].name}") is None
    assert root.client("iam").list_roles(PathPrefix="/sluice/")["Roles"] == []
    assert s3.bucket_state(root, before.deliveries[0].bucket) is s3.BucketState.OURS_ACCOUNT
    kept = {line.kind: line.kept for line in inventory.lines(integration)}
    assert kept["S3 bucket"] == Message("kept.holds_objects")
    assert set(kept) == {"data stream", "IAM policy", "IAM user", "S3 bucket"}
    assert run.steps.filter(name__startswith="remove_").count() == 4
    put_record(delivered_key(world, integration), "sluice-sensors", data=b"{}", partition_key="a")
    again = changed(world, integration, replace(before, deliveries=()))
    assert not again.steps.filter(name__startswith="remove_").exists(), "what was kept is not looked at every time"
    changed(world, integration, before)
    assert {line.kept for line in inventory.lines(integration)} == {None}


def test_a_firehose_stream_of_another_name_takes_the_place_of_the_old_one(world: World) -> None:
    integration, _ = applied(world)
    before = spec_of(integration)
    delivery = replace(
        before.deliveries[0], name="sluice-second", buffering_seconds=300, prefix="other/", compression="ZIP"
    )
    changed(world, integration, replace(before, deliveries=(delivery,)))
    root = world.root()
    found = firehose.describe_delivery_stream(root, "sluice-second")
    assert (found.status, found.settings["BufferingHints"]["IntervalInSeconds"]) == ("ACTIVE", 300)
    assert (found.settings["Prefix"], found.settings["CompressionFormat"]) == ("other/", "ZIP")
    assert firehose.describe_delivery_stream(root, before.deliveries[0].name) is None
    role = next(line.name for line in inventory.lines(integration) if line.kind == "IAM role")
    assert "other/" in str(role_policy(root, role, "delivery"))


def test_files_go_to_another_bucket(world: World) -> None:
    integration, _ = applied(world)
    before = spec_of(integration)
    other = f"{before.deliveries[0].bucket}-b"
    changed(world, integration, replace(before, deliveries=(replace(before.deliveries[0], bucket=other),)))
    root = world.root()
    assert firehose.describe_delivery_stream(root, before.deliveries[0].name).settings["BucketARN"].endswith(other)
    assert s3.bucket_state(root, before.deliveries[0].bucket) is s3.BucketState.OURS_ACCOUNT, "it holds objects"
    assert s3.bucket_tags(root, other)["sluice:integration"] == integration.uid


def test_what_is_refused_changes_nothing(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    before = spec_of(integration)
    after = replace(before, stream=replace(before.stream, region="eu-central-1", name="sluice-other"))
    with pytest.raises(SpecRefused) as caught:
        runs.start_run(integration=integration, actor=world.admin, spec=after)
    assert {problem.path for problem in caught.value.problems} == {"stream.region", "stream.name"}
    assert spec_of(integration) == before


def test_two_deliveries_of_one_stream_share_a_bucket_and_come_and_go_alone(world: World) -> None:
    integration, _ = applied(world)
    before = spec_of(integration)
    first = before.deliveries[0]
    second = replace(first, name="sluice-sensors-archive", prefix="archive/", buffering_seconds=900)
    run = changed(world, integration, replace(before, deliveries=(first, second)))
    assert run.steps.filter(name__startswith="bucket:").count() == 1
    root = world.root()
    assert len(root.client("iam").list_roles(PathPrefix="/sluice/")["Roles"]) == 2
    assert firehose.describe_delivery_stream(root, second.name).status == "ACTIVE"
    changed(world, integration, replace(before, deliveries=(second,)))
    assert firehose.describe_delivery_stream(root, first.name) is None
    assert firehose.describe_delivery_stream(root, second.name).status == "ACTIVE"
    [role] = root.client("iam").list_roles(PathPrefix="/sluice/")["Roles"]
    assert role["RoleName"] == second.role_name(integration.uid)
    assert s3.bucket_state(root, first.bucket) is s3.BucketState.OURS_ACCOUNT
