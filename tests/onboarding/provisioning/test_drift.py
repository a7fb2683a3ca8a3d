"""Drift: somebody changes things behind Sluice's back, in the account itself; each is seen, and mended or accepted."""

from collections.abc import Callable

import pytest

from onboarding.integrations import drift, repair
from onboarding.models.connection import Connection
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.states import RunState
from portal.aws import firehose, kinesis, logs, s3
from portal.aws.iam.managed_policies import new_policy_version
from portal.aws.iam.roles import attached_role_policies, inline_role_policies, put_role_policy, update_trust
from portal.aws.iam.users import delete_user_completely, detach_user_policy
from portal.aws.session import AwsSession
from portal.aws.stream_settings import disable_shard_level_metrics, set_retention, stop_encryption, update_shard_count
from tests.onboarding.provisioning.driving import applied, carried_out, differences, failed_steps
from tests.onboarding.provisioning.steps.account import Answers
from tests.onboarding.provisioning.test_engine import WRITES
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
STREAM, DELIVERY = "sluice-sensors", "sluice-sensors-to-s3"
Meddle = Callable[[AwsSession, Integration, World], object]


def policy_of(integration: Integration) -> str:
    return integration.resources.get(kind="IAM policy").arn


def user_of(integration: Integration) -> str:
    return integration.credentials.get().user_name


def role_of(integration: Integration) -> str:
    return integration.resources.get(kind="IAM role").name


def bucket_of(integration: Integration) -> str:
    return integration.resources.get(kind="S3 bucket").name


def resized(root: AwsSession, *_: object) -> None:
    update_shard_count(root, STREAM, 4)


def redirected(root: AwsSession, *_: object) -> None:
    found = firehose.describe_delivery_stream(root, DELIVERY)
    settings = ("RoleARN", "BucketARN", "ErrorOutputPrefix", "BufferingHints", "CompressionFormat")
    firehose.update_destination(root, found, {"Prefix": "elsewhere/", **{key: found.settings[key] for key in settings}})


OPEN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}]}
MENDED: dict[str, Meddle] = {
    "Retention period": lambda root, *_: set_retention(root, STREAM, current_hours=48, wanted_hours=24),
    "Number of shards": resized,
    "Encryption at rest": lambda root, *_: stop_encryption(root, STREAM, "alias/aws/kinesis"),
    "Shard-level metrics": lambda root, *_: disable_shard_level_metrics(root, STREAM, ["IncomingBytes"]),
    f"Data stream {STREAM}: tag": lambda root, *_: root.client("kinesis").remove_tags_from_stream(
        StreamName=STREAM, TagKeys=["sluice:integration", "sluice:tenant", "managed-by"]
    ),
    "Policy {policy}: permissions": lambda root, integration, _: new_policy_version(root, policy_of(integration), OPEN),
    "IAM user {user}: permissions": lambda root, integration, _: detach_user_policy(
        root, user_of(integration), policy_of(integration)
    ),
    "Bucket {bucket}: public access": lambda root, integration, _: root.client("s3").delete_public_access_block(
        Bucket=bucket_of(integration)
    ),
    "Bucket {bucket}: policy": lambda root, integration, _: root.client("s3").delete_bucket_policy(
        Bucket=bucket_of(integration)
    ),
    "Role {role}: permissions": lambda root, integration, _: put_role_policy(
        root, role_of(integration), "delivery", OPEN
    ),
    "Role {role}: who can assume it": lambda root, integration, world: update_trust(
        root,
        role_of(integration),
        {**OPEN, "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]},
    ),
    f"Firehose stream {DELIVERY}: file prefix": redirected,
    f"Firehose stream {DELIVERY}": lambda root, *_: firehose.delete_delivery_stream(root, DELIVERY),
    f"Log group /aws/kinesisfirehose/{DELIVERY}": lambda root, *_: root.client("logs").delete_log_group(
        logGroupName=f"/aws/kinesisfirehose/{DELIVERY}"
    ),
}


def seen(integration: Integration) -> dict[str, tuple[str, str]]:
    """What a look finds, by what it is."""
    found = drift.check(Integration.objects.get(pk=integration.pk))
    assert Integration.objects.get(pk=integration.pk).drift_problem is None
    return differences(found)


def test_what_was_just_made_is_as_it_was_left_and_looking_changes_nothing(world: World, calls: list[str]) -> None:
    integration, _ = applied(world)
    calls.clear()
    assert seen(integration) == {}
    assert [call for call in calls if call.startswith(WRITES)] == []
    assert len(calls) <= 30, calls
    integration.refresh_from_db()
    assert integration.drift_checked_at is not None


def test_policies_that_someone_added_to_firehoses_role_are_found_and_removed_only_as_listed(world: World) -> None:
    integration, _ = applied(world)
    name, root = role_of(integration), world.root()
    managed = "arn:aws:iam::aws:policy/AmazonKinesisFullAccess"
    put_role_policy(root, name, "more", OPEN)
    root.client("iam").attach_role_policy(RoleName=name, PolicyArn=managed)
    assert seen(integration) == {f"Role {name}: added policies": ("none", f"{managed}, inline policy more")}
    agreed = drift.remediations_of(integration)
    put_role_policy(root, name, "later", OPEN)
    run = carried_out(repair.repair(integration=integration, actor=world.admin, remediations=agreed))
    assert run.state == RunState.DONE, failed_steps(run)
    assert attached_role_policies(root, name) == []
    assert set(inline_role_policies(root, name)) == {"delivery", "later"}, "only what was listed"
    Connection.objects.update(allow_deletion=False)
    assert list(seen(integration)) == [f"Role {name}: added policies"]
    assert drift.remediations_of(integration) == [], "Sluice may not delete policies in this account"


def test_everything_that_a_run_can_mend_is_found_and_mended(world: World) -> None:
    integration, _ = applied(world)
    for meddle in MENDED.values():
        if meddle is not redirected:
            meddle(world.root(), integration, world)
    found = seen(integration)
    names = {"bucket": bucket_of(integration), "role": role_of(integration), "user": user_of(integration)}
    names["policy"] = integration.resources.get(kind="IAM policy").name
    assert set(found) == {what.format(**names) for what, meddle in MENDED.items() if meddle is not redirected}
    assert found["Retention period"] == ("48 hours", "24 hours")
    assert found["Number of shards"] == ("2", "4")
    integration.refresh_from_db()
    assert integration.drift_count == len(found)
    run = carried_out(repair.repair(integration=integration, actor=world.admin))
    assert run.state == RunState.DONE, failed_steps(run)
    drift.after_run(run.pk)
    assert seen(integration) == {}
    integration.refresh_from_db()
    assert integration.drift_count == 0


def test_a_firehose_stream_and_a_log_group_that_were_changed_are_set_back(world: World) -> None:
    integration, _ = applied(world)
    redirected(world.root())
    logs.set_retention(world.root(), f"/aws/kinesisfirehose/{DELIVERY}", logs.NEVER_EXPIRES)
    assert seen(integration) == {
        f"Firehose stream {DELIVERY}: file prefix": ("sensors/!{timestamp:yyyy/MM/dd/HH}/", "elsewhere/"),
        f"Log group /aws/kinesisfirehose/{DELIVERY}: retention period in days": ("90", "never expire"),
    }
    carried_out(repair.repair(integration=integration, actor=world.admin))
    assert seen(integration) == {}


def test_what_was_accepted_counts_again_when_it_changes(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    set_retention(world.root(), STREAM, current_hours=48, wanted_hours=72)
    seen(integration)
    drift.accept(finding=DriftFinding.objects.get(), actor=world.admin)
    set_retention(world.root(), STREAM, current_hours=72, wanted_hours=24)
    assert seen(integration) == {"Retention period": ("48 hours", "24 hours")}
    assert DriftFinding.objects.get().accepted_at is None


def test_a_stream_that_is_gone_is_one_finding(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    kinesis.delete_stream(world.root(), STREAM)
    assert seen(integration) == {f"Data stream {STREAM}": ("exists", "deleted")}


def test_a_user_that_is_gone_is_one_finding_and_repair_makes_another_key(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    user = user_of(integration)
    delete_user_completely(world.root(), user)
    assert seen(integration) == {f"IAM user {user}": ("exists", "deleted")}
    run = carried_out(repair.repair(integration=integration, actor=world.admin))
    assert run.state == RunState.DONE, failed_steps(run)
    assert integration.credentials.get(state="ready").user_name != user


def test_a_bucket_of_the_clients_own_is_only_missed_when_it_is_gone(world: World) -> None:
    integration, _ = applied(world)
    spec = Integration.objects.get().spec
    spec["deliveries"][0]["new_bucket"] = False
    Integration.objects.update(spec=spec)
    name = bucket_of(integration)
    world.root().client("s3").delete_bucket_policy(Bucket=name)
    assert seen(integration) == {}
    for found in s3.list_keys(world.root(), name, limit=1000):
        world.root().client("s3").delete_object(Bucket=name, Key=found.key)
    s3.delete_bucket(world.root(), name)
    assert seen(integration) == {f"Bucket {name}": ("exists", "deleted")}


def test_an_account_that_cannot_be_asked_is_said_and_what_was_found_stays(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    set_retention(world.root(), STREAM, current_hours=48, wanted_hours=24)
    seen(integration)
    iam_client = world.root().client("iam")
    for policy in iam_client.list_attached_role_policies(RoleName="SluiceAccess")["AttachedPolicies"]:
        iam_client.detach_role_policy(RoleName="SluiceAccess", PolicyArn=policy["PolicyArn"])
    integration.refresh_from_db()
    assert list(differences(drift.check(integration))) == ["Retention period"]
    assert integration.drift_problem.code == "aws.access_denied"
    assert integration.drift_count == 1


def test_a_check_that_another_or_a_run_overtakes_changes_nothing(world: World, answers: Answers) -> None:
    integration, _ = applied(world, delivery=False)
    known = list[object]()

    def overtaken_by(later: Callable[[], object]) -> dict[str, tuple[str, str]]:
        """What is known after a check during whose first answer `later` was done."""
        todo = [later]
        answers.changes["DescribeStreamSummary"] = lambda _: known.append(todo.pop()()) if todo else None
        found = drift.check(Integration.objects.get(pk=integration.pk))
        assert todo == []
        return differences(found)

    def somebody_resizes() -> None:
        resized(world.root())
        drift.check(Integration.objects.get(pk=integration.pk))

    assert list(overtaken_by(somebody_resizes)) == ["Number of shards"]
    checked_at = Integration.objects.get(pk=integration.pk).drift_checked_at
    overtaken_by(lambda: carried_out(repair.repair(integration=integration, actor=world.admin)))
    integration.refresh_from_db()
    assert integration.drift_checked_at == checked_at, "what was found before the run is of no use after it"
    assert seen(integration) == {}


def test_only_what_is_live_and_idle_is_looked_at_on_schedule(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    assert list(drift.scheduled_integrations()) == [integration]
    repair.repair(integration=integration, actor=world.admin)
    assert list(drift.scheduled_integrations()) == []
    integration.refresh_from_db()
    assert drift.check(integration) == []
    assert integration.drift_checked_at is None
