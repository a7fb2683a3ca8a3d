"""The way back: what the portal made goes, in order; what is somebody's, and what holds data, stays and is reported."""

import json

import pytest
from django.core.exceptions import ValidationError

from onboarding.connections import grant
from onboarding.credentials import download
from onboarding.integrations import inventory, removal, runs
from onboarding.integrations.context_factory import open_run
from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.resource import Resource
from onboarding.models.run import Run
from onboarding.models.states import CredentialState, IntegrationState, ResourceState, RunKind, RunState
from onboarding.provisioning import engine
from onboarding.provisioning.deletion import ROLE_MAY_NOT_DELETE
from onboarding.spec.problem import SpecRefused
from portal.aws import firehose, kinesis, logs, s3
from portal.aws.iam.managed_policies import new_policy_version, policy_arn
from portal.aws.iam.roles import get_role
from portal.aws.iam.users import create_user, get_user
from portal.messages.message import Message
from tests import clock
from tests.onboarding.feed import announced
from tests.onboarding.provisioning.driving import applied, carried_out, failed_steps, started
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
STREAM, DELIVERY = "sluice-sensors", "sluice-sensors-to-s3"
LOG_GROUP = f"/aws/kinesisfirehose/{DELIVERY}"


def removed(world: World, integration: Integration, **how: bool) -> Run:
    """A removal of the integration, carried out."""
    run = removal.start_removal(integration=integration, actor=world.admin, **how)
    run = carried_out(run)
    assert run.state == RunState.DONE, failed_steps(run)
    integration.refresh_from_db()
    return run


def bucket_of(world: World) -> str:
    return f"sluice-sensors-{world.account_id}"


def left_in(world: World) -> set[str]:
    """The kinds of what Sluice made that the client still finds in the account."""
    root = world.root()
    iam_client = root.client("iam")
    there = {
        "data stream": kinesis.describe_stream(root, STREAM),
        "Firehose stream": firehose.describe_delivery_stream(root, DELIVERY),
        "log group": logs.describe_log_group(root, LOG_GROUP),
        "S3 bucket": s3.bucket_state(root, bucket_of(world)) is s3.BucketState.OURS_ACCOUNT,
        "IAM user": iam_client.list_users(PathPrefix="/sluice/")["Users"],
        "IAM role": iam_client.list_roles(PathPrefix="/sluice/")["Roles"],
        "IAM policy": [
            policy for policy in iam_client.list_policies(Scope="Local")["Policies"] if policy["Path"] == "/sluice/"
        ],
    }
    return {kind for kind, found in there.items() if found}


def test_what_was_made_goes_and_what_holds_data_stays_with_a_reason(world: World) -> None:
    integration, _ = applied(world)
    run = removed(world, integration)
    assert (integration.state, run.kind) == (IntegrationState.REMOVED, RunKind.DESTROY)
    assert left_in(world) == {"data stream", "S3 bucket"}
    kept = {line.kind: line for line in inventory.lines(integration)}
    assert set(kept) == {"data stream", "S3 bucket"}
    assert kept["data stream"].kept == Message("kept.holds_records")
    assert kept["S3 bucket"].kept == Message("kept.holds_objects")
    assert kept["S3 bucket"].command == f"aws s3 rb s3://{bucket_of(world)} --force"
    assert run.steps.get(name="remove_firehose").did == Message("outcome.deleted", names=[DELIVERY])


def test_asked_twice_the_stream_goes_with_its_records(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    removed(world, integration, delete_data=True)
    assert left_in(world) == set()
    assert not inventory.lines(integration)
    assert len(inventory.lines(integration, removed=True)) == 3


def test_the_key_is_revoked_first_and_handed_out_no_more(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    copy = SealedCopy.objects.filter(audience="client").get()
    run = removed(world, integration)
    assert run.steps.first().name == "remove_access_key"
    assert integration.credentials.get().state == CredentialState.REVOKED
    key_id = integration.credentials.get().access_key_id
    assert announced() == [("ready", key_id), ("revoked", key_id)]
    copy.refresh_from_db()
    copy.credential.refresh_from_db()
    with pytest.raises(ValidationError, match="no longer valid"):
        download.check(copy)


def test_a_strangers_things_are_not_touched(world: World) -> None:
    integration, _ = applied(world)
    root = world.root()
    kinesis.create_stream(root, f"{STREAM}-2", mode="PROVISIONED", shard_count=1, tags={})
    create_user(root, f"{integration.credentials.get().user_name}-2", path="/sluice/", tags={})
    s3.create_bucket(root, f"{bucket_of(world)}-2", "eu-west-1")
    logs.ensure_log_group(root, f"{LOG_GROUP}-2", {})
    firehose_role = Resource.objects.get(kind="IAM role").name
    root.client("iam").untag_role(RoleName=firehose_role, TagKeys=["sluice:integration"])
    removed(world, integration, delete_data=True)
    assert kinesis.describe_stream(root, f"{STREAM}-2")
    assert get_user(root, f"{integration.credentials.get().user_name}-2")
    assert s3.bucket_state(root, f"{bucket_of(world)}-2") is s3.BucketState.OURS_ACCOUNT
    assert logs.describe_log_group(root, f"{LOG_GROUP}-2")
    assert get_role(root, firehose_role), "what does not carry our tag any more is not ours to delete"
    assert Resource.objects.get(kind="IAM role").kept.code == "kept.tag_removed"


def test_a_log_group_that_was_there_before_is_kept(world: World) -> None:
    logs.ensure_log_group(world.root(), LOG_GROUP, {})
    integration, _ = applied(world)
    Resource.objects.filter(kind="log group").update(intended_at="2099-01-01T00:00:00Z")
    removed(world, integration)
    assert Resource.objects.get(kind="log group").kept == Message("kept.existed_before")


def test_a_log_group_with_our_tag_is_removed_whatever_two_clocks_say(world: World) -> None:
    integration, _ = applied(world)
    Resource.objects.filter(kind="log group").update(intended_at="2099-01-01T00:00:00Z")
    removed(world, integration)
    assert Resource.objects.get(kind="log group").kept is None
    assert logs.describe_log_group(world.root(), LOG_GROUP) is None


def test_a_log_group_that_lost_our_tag_is_kept(world: World) -> None:
    integration, _ = applied(world)
    arn = logs.describe_log_group(world.root(), LOG_GROUP).arn.removesuffix(":*")
    world.root().client("logs").untag_resource(resourceArn=arn, tagKeys=["sluice:integration"])
    removed(world, integration)
    assert Resource.objects.get(kind="log group").kept.code == "kept.tag_removed"
    assert logs.describe_log_group(world.root(), LOG_GROUP)


def test_a_role_that_may_not_see_tags_of_log_groups_goes_by_their_age(world: World) -> None:
    integration, _ = applied(world)
    delivery = grant.grant_of(integration.connection).permissions[1]
    text = json.dumps(delivery.document).replace('"logs:TagResource", "logs:ListTagsForResource"', '"logs:TagResource"')
    document = json.loads(text)
    assert document != delivery.document
    new_policy_version(world.root(), policy_arn(world.account_id, delivery.name, path="/"), document)
    removed(world, integration)
    assert logs.describe_log_group(world.root(), LOG_GROUP) is None


def test_a_bucket_of_the_clients_own_is_in_no_list(world: World) -> None:
    name = bucket_of(world)
    s3.create_bucket(world.root(), name, "eu-west-1")
    run = started(world)
    spec = {**run.spec, "deliveries": [{**run.spec["deliveries"][0], "new_bucket": False}]}
    Run.objects.filter(pk=run.pk).update(spec=spec)
    Integration.objects.update(spec=spec)
    integration = Integration.objects.get(pk=carried_out(run).integration_id)
    assert inventory.adopted(integration) == [Message("on_removal.bucket_unchanged", bucket=name)]
    removed(world, integration, delete_data=True)
    assert s3.bucket_state(world.root(), name) is s3.BucketState.OURS_ACCOUNT
    assert left_in(world) == {"S3 bucket"}


def test_an_empty_bucket_goes(world: World) -> None:
    integration, _ = applied(world)
    root, name = world.root(), bucket_of(world)
    for found in s3.list_keys(root, name):
        root.client("s3").delete_object(Bucket=name, Key=found.key)
    removed(world, integration, delete_data=True)
    assert left_in(world) == set()


def test_an_interrupted_removal_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker dies after each call that changes something; another one goes on each time."""
    import botocore.client

    integration, _ = applied(world)
    run = removal.start_removal(integration=integration, actor=world.admin, delete_data=True)
    original, died = botocore.client.BaseClient._make_api_call, []

    def deadly(self, operation, parameters):
        answer = original(self, operation, parameters)
        if operation.startswith(("Delete", "Detach")) and (operation, str(parameters)) not in died:
            died.append((operation, str(parameters)))
            raise KeyboardInterrupt
        return answer

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", deadly)
    for _ in range(60):
        clock.pass_until_lease_ends(run.pk)
        clock.pass_until_due(run.pk)
        try:
            engine.advance(run.pk, open_run)
        except KeyboardInterrupt:
            Run.objects.filter(pk=run.pk).update(crashes=0)
            continue
        run.refresh_from_db()
        if run.status.is_over:
            break
    assert len(died) >= 9, died
    assert run.state == RunState.DONE, failed_steps(run)
    assert left_in(world) == {"S3 bucket"}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("calls_made", range(1, 28, 4))  # before the key puts its record, which would keep the stream
def test_what_was_half_made_goes(world: World, monkeypatch: pytest.MonkeyPatch, calls_made: int) -> None:
    import botocore.client

    run, made = started(world), 0
    original = botocore.client.BaseClient._make_api_call

    def limited(self, operation, parameters):
        nonlocal made
        made += 1
        if made > calls_made + 1:
            raise KeyboardInterrupt
        return original(self, operation, parameters)

    with monkeypatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", limited)
        with pytest.raises(KeyboardInterrupt):
            carried_out(run)
    runs.cancel_run(run=run, actor=world.admin)
    Run.objects.filter(pk=run.pk).update(state=RunState.CANCELLED, lease_until=None)
    Resource.objects.filter(kind="IAM user").update(intended_at=run.created_at.replace(year=2020))
    integration = Integration.objects.get()
    removed(world, integration)
    assert left_in(world) == {line.kind for line in inventory.lines(integration)} == set()


def test_without_the_right_to_delete_everything_is_listed_and_only_the_key_goes(world: World) -> None:
    from onboarding.models.connection import Connection

    integration, _ = applied(world, delivery=False)
    Connection.objects.update(allow_deletion=False)
    integration.refresh_from_db()
    removed(world, integration, delete_data=True)
    assert left_in(world) == {"data stream", "IAM policy"}
    lines = inventory.lines(integration)
    assert {line.kind for line in lines} == {"data stream", "IAM policy"}
    assert all(line.kept == ROLE_MAY_NOT_DELETE and line.command.startswith("aws ") for line in lines)


def test_while_a_run_is_at_work_removal_is_refused_in_words(world: World) -> None:
    run = started(world)
    with pytest.raises(ValidationError, match="A run is in progress"):
        removal.start_removal(integration=run.integration, actor=world.admin)
    assert not Run.objects.filter(kind=RunKind.DESTROY).exists()


def test_while_it_is_removed_nothing_is_set_up(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    run = removal.start_removal(integration=integration, actor=world.admin)
    assert removal.start_removal(integration=integration, actor=world.admin).pk == run.pk
    with pytest.raises(SpecRefused, match=r"integration\.being_removed"):
        runs.start_run(integration=integration, actor=world.admin)
    carried_out(run)
    with pytest.raises(SpecRefused, match=r"integration\.was_removed"):
        runs.start_run(integration=integration, actor=world.admin)


def test_a_recipients_expired_key_does_not_stop_the_way_back(world: World, settings) -> None:
    integration, _ = applied(world, delivery=False)
    PgpKey.objects.update(expires_at="2020-01-01T00:00:00Z")
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = None
    removed(world, integration)


def test_a_removed_name_is_free_again(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    removed(world, integration, delete_data=True)
    spec = world.spec(integration.connection, PgpKey.objects.get(), delivery=False)
    again = Integration.objects.create(tenant=world.tenant, name="draft")
    run = carried_out(runs.start_run(integration=again, actor=world.admin, spec=spec))
    assert run.state == RunState.DONE, failed_steps(run)
    assert Credential.objects.filter(state=CredentialState.READY).count() == 1


def test_what_was_kept_can_be_removed_later(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    removed(world, integration)
    assert left_in(world) == {"data stream"}
    removed(world, integration, delete_data=True)
    assert left_in(world) == set()
    assert integration.state == IntegrationState.REMOVED
    with pytest.raises(ValidationError, match="has no remaining resources"):
        removal.start_removal(integration=integration, actor=world.admin)


def test_the_inventory_stands_in_the_order_of_the_steps(world: World) -> None:
    integration, _ = applied(world)
    assert [line.kind for line in inventory.lines(integration)] == [
        "data stream",
        "IAM policy",
        "S3 bucket",
        "log group",
        "IAM role",
        "Firehose stream",
        "IAM user",
    ]
    assert all(line.arn.startswith("arn:aws:") for line in inventory.lines(integration))
    assert {line.state for line in inventory.lines(integration)} == {ResourceState.PRESENT}
