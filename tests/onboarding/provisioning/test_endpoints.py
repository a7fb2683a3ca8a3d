"""An integration whose records go another way: its key is proved before anybody has it, and its policy is narrow."""

import os
from dataclasses import replace
from typing import Any

import botocore.client
import pytest
from django.urls import reverse
from django.utils import timezone

from onboarding.credentials import selectors as credentials_selectors
from onboarding.credentials.contents import read_bundle
from onboarding.drafts import codec
from onboarding.integrations import drift, repair, runs
from onboarding.integrations.context_factory import open_run
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.models.vendor_event import VendorEvent
from onboarding.spec import validation
from onboarding.spec.endpoint import STANDARD_ENDPOINT, Endpoint
from onboarding.spec.problem import SpecRefused
from onboarding.wizard import aws_checks
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.managed_policies import get_policy, new_policy_version
from portal.aws.iam.users import delete_user_completely
from portal.aws.policies.networks import Origin
from portal.aws.policies.producer import producer_policy
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from portal.openpgp.decrypt import decrypt
from tests import addresses, clock, vpc
from tests.onboarding.pages import verified_connection
from tests.onboarding.provisioning.driving import applied, carried_out, delivered_key, failed_steps, started
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
STREAM = "sluice-sensors"
TIED = Endpoint("vpc", vpc.ID, vpc.NAME, only=True)


def set_up(world: World, endpoint: Endpoint = TIED) -> tuple[Integration, Run]:
    """An integration with an endpoint, carried out."""
    run = carried_out(asked(world, endpoint))
    return Integration.objects.get(pk=run.integration_id), run


def asked(world: World, endpoint: Endpoint) -> Run:
    connection, recipient = world.connected(), world.recipient()
    spec = world.spec(connection, recipient, delivery=False)
    wanted = replace(spec, stream=replace(spec.stream, endpoint=endpoint))
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    return runs.start_run(integration=integration, actor=world.admin, spec=wanted)


def change(world: World, integration: Integration, endpoint: Endpoint, **terms: Any) -> Run:
    before = validation.from_dict(Integration.objects.get(pk=integration.pk).spec)
    wanted = replace(before, stream=replace(before.stream, endpoint=endpoint))
    return carried_out(runs.start_run(integration=integration, actor=world.admin, spec=wanted, **terms))


def permissions_of(world: World, integration: Integration) -> dict[str, Any]:
    """The document that the producer's policy has in AWS."""
    arn = integration.resources.get(kind="IAM policy").arn
    found = get_policy(world.root(), arn)
    assert found is not None
    return found.document


def final(world: World) -> dict[str, Any]:
    arn = f"arn:aws:kinesis:eu-west-1:{world.account_id}:stream/{STREAM}"
    return producer_policy(arn, origin=Origin(vpc_endpoint_id=vpc.ID, only=True))


def may_put(aws: AwsSession) -> bool:
    try:
        put_record(aws, STREAM, data=b"{}", partition_key="a")
    except AwsFault as fault:
        if fault.kind is FaultKind.DENIED:
            return False
        raise
    return True


def ways(world: World, integration: Integration) -> dict[str, bool]:
    """Whether the delivered key may put a record: by the public endpoint, through its VPC endpoint, through another."""
    key = delivered_key(world, integration)
    named = {"its own": vpc.through(vpc.NAME, key), "another": vpc.through(vpc.OTHER_NAME, key)}
    return {"public": may_put(key), **{name: may_put(session) for name, session in named.items()}}


def profile(world: World, integration: Integration) -> str:
    copy = integration.credentials.get(state="ready").copies.get(audience="client")
    return read_bundle(decrypt(copy.ciphertext, private_key=world.client_key.private_key))["profile"].decode()


ONLY_ITS_OWN = {"public": False, "its own": True, "another": False}
EVERY_WAY = {"public": True, "its own": True, "another": True}


def test_the_key_is_proved_and_then_accepted_through_the_endpoint_alone(world: World) -> None:
    integration, run = set_up(world)
    assert run.state == RunState.DONE, failed_steps(run)
    assert permissions_of(world, integration) == final(world)
    assert ways(world, integration) == ONLY_ITS_OWN
    assert run.steps.get(name="test_record").did.params["shard"].startswith("shardId-")
    assert run.steps.get(name="test_record").title == Message("step.test_record_endpoint", endpoint=vpc.ID)
    assert f"endpoint_url = https://{vpc.NAME}\n" in profile(world, integration)
    assert drift.check(integration) == []


def test_an_endpoint_that_is_not_demanded_changes_no_right(world: World) -> None:
    integration, _ = set_up(world, replace(TIED, only=False))
    assert ways(world, integration) == EVERY_WAY
    assert f"endpoint_url = https://{vpc.NAME}\n" in profile(world, integration)


class Died(BaseException):
    """The worker ends here."""


def dying(monkeypatch: pytest.MonkeyPatch, operation: str, *, before: bool, at: int = 1) -> list[int]:
    """End the worker at an operation of AWS, before it is sent or after its answer; return how often it was met."""
    original, met = botocore.client.BaseClient._make_api_call, []

    def watched(self, name, parameters):
        if name != operation:
            return original(self, name, parameters)
        met.append(1)
        if before and len(met) == at:
            raise Died
        answer = original(self, name, parameters)
        if not before and len(met) == at:
            raise Died
        return answer

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", watched)
    return met


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("operation", "before", "at"),
    [
        ("CreatePolicyVersion", True, 1),  # before the exemption
        ("CreatePolicyVersion", False, 1),  # it stands
        ("AttachUserPolicy", False, 1),  # and counts
        ("GetRecords", False, 1),  # the key is proved
        ("CreatePolicyVersion", True, 2),  # before it is taken back
        ("CreatePolicyVersion", False, 2),  # after, and before the key counts as proved
    ],
)
def test_a_worker_that_dies_leaves_no_key_that_may_more(
    world: World, monkeypatch: pytest.MonkeyPatch, operation: str, before: bool, at: int
) -> None:
    run = asked(world, TIED)
    with monkeypatch.context() as patch:
        met = dying(patch, operation, before=before, at=at)
        with pytest.raises(Died):
            carried_out(run)
    assert len(met) == at
    integration = Integration.objects.get(pk=run.integration_id)
    assert credentials_selectors.ready_credential(integration) is None, "what may more than it should is nobody's"
    clock.pass_until_lease_ends(run.pk)
    assert carried_out(run).state == RunState.DONE, failed_steps(run)
    assert permissions_of(world, integration) == final(world)
    assert ways(world, integration) == ONLY_ITS_OWN
    assert len(world.root().client("iam").list_users(PathPrefix="/sluice/")["Users"]) == 1


def test_a_key_that_is_made_anew_is_proved_anew(world: World) -> None:
    integration, _ = set_up(world)
    delete_user_completely(world.root(), integration.credentials.get().user_name)
    again = carried_out(runs.start_run(integration=integration, actor=world.admin))
    assert again.state == RunState.DONE, failed_steps(again)
    assert permissions_of(world, integration) == final(world)
    assert ways(world, integration) == ONLY_ITS_OWN


def test_a_second_run_writes_nothing(world: World, calls: list[str]) -> None:
    integration, _ = set_up(world)
    calls.clear()
    assert carried_out(runs.start_run(integration=integration, actor=world.admin)).state == RunState.DONE
    assert [call for call in calls if call.startswith(("Create", "Put", "Attach", "Delete"))] == []


def test_a_worker_that_slept_exempts_only_its_own_user_which_is_gone(world: World) -> None:
    integration, run = set_up(world)
    plan = open_run(Run.objects.get(pk=run.pk), drift.NO_CLAIM).plan
    late = plan.producer_policy(proving_user=f"{integration.credentials.get().user_name}-of-before")
    new_policy_version(world.root(), plan.producer_policy_arn, late)
    assert ways(world, integration) == ONLY_ITS_OWN
    [found] = drift.check(integration)
    assert (found.step, found.what.code) == ("producer_policy", "drift.permissions")
    assert carried_out(repair.repair(integration=integration, actor=world.admin)).state == RunState.DONE
    assert drift.check(integration) == []
    assert permissions_of(world, integration) == final(world)


def test_a_condition_that_somebody_took_off_is_found_and_put_back(world: World) -> None:
    integration, _ = set_up(world)
    arn = integration.resources.get(kind="IAM policy").arn
    wide = producer_policy(f"arn:aws:kinesis:eu-west-1:{world.account_id}:stream/{STREAM}")
    new_policy_version(world.root(), arn, wide)
    [found] = drift.check(integration)
    assert f"only through the VPC endpoint {vpc.ID}" in text_of(found.expected)
    assert "only through" not in text_of(found.found)
    assert carried_out(repair.repair(integration=integration, actor=world.admin)).state == RunState.DONE
    assert ways(world, integration) == ONLY_ITS_OWN


def test_a_living_integration_is_tied_only_when_that_is_meant_and_freed_again(world: World, client) -> None:
    integration, _ = applied(world, delivery=False)
    key = integration.credentials.get()
    with pytest.raises(SpecRefused, match=r"stream\.endpoint\.only: change\.confirm_loss"):
        change(world, integration, TIED)
    assert ways(world, integration) == EVERY_WAY
    assert change(world, integration, TIED, accept_loss=True).state == RunState.DONE
    assert ways(world, integration) == ONLY_ITS_OWN
    assert integration.credentials.get() == key
    assert "endpoint_url" not in profile(world, integration)
    assert VendorEvent.objects.filter(kind="endpoint-changed").get().facts == {"endpoint_url": f"https://{vpc.NAME}"}

    client.force_login(world.admin)
    at = {"slug": world.tenant.slug, "uid": integration.uid}
    page = client.get(reverse("credentials", kwargs=at)).content.decode()
    assert "The profile contains an outdated endpoint." in page
    assert "https://kinesis.eu-west-1.amazonaws.com" in page
    assert f'add <span class="mono break">endpoint_url = https://{vpc.NAME}</span>' in page
    assert "remove <span" not in page
    assert f"https://{vpc.NAME}" in client.get(reverse("integration", kwargs=at)).content.decode()

    assert change(world, integration, STANDARD_ENDPOINT).state == RunState.DONE
    assert ways(world, integration) == EVERY_WAY
    changed = VendorEvent.objects.filter(kind="endpoint-changed").order_by("pk")
    assert changed[1].facts == {"endpoint_url": "https://kinesis.eu-west-1.amazonaws.com"}
    assert (
        "The profile contains an outdated endpoint."
        not in client.get(reverse("credentials", kwargs=at)).content.decode()
    )


def test_a_tied_integration_is_removed_as_any_other(world: World) -> None:
    from onboarding.integrations import removal

    integration, _ = set_up(world)
    run = removal.start_removal(integration=integration, actor=world.admin, delete_data=True)
    assert carried_out(run).state == RunState.DONE
    assert world.root().client("iam").list_policies(PathPrefix="/sluice/", Scope="Local")["Policies"] == []


# FIPS: whatever Sluice does for such an integration, it does at FIPS endpoints.


@pytest.fixture
def fips(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[Integration, list[str]]:
    """A living FIPS integration of which AWS knows nothing, and the addresses that are asked about it."""
    connection = verified_connection(world.tenant, account_id=world.account_id)
    spec = world.spec(connection, world.recipient())
    wanted = replace(spec, stream=replace(spec.stream, region="us-east-1", endpoint=Endpoint("fips")))
    integration = Integration.objects.create(
        tenant=world.tenant, name="fips", connection=connection, spec=wanted.as_dict(), state="live"
    )
    for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]:
        monkeypatch.delenv(name)
    return integration, addresses.noted(monkeypatch)


FIPS_HOSTS = {
    f"{name}-fips.us-east-1.amazonaws.com" for name in ("sts", "kinesis", "firehose", "monitoring", "logs", "s3")
} | {"iam-fips.amazonaws.com"}


def hosts(sent: list[str]) -> set[str]:
    # A bucket's name may stand before that of S3.
    return {f"s3-fips{host.partition('.s3-fips')[2]}" if ".s3-fips" in host else host for host in addresses.hosts(sent)}


def test_a_run_calls_fips_endpoints_and_no_others(fips: tuple[Integration, list[str]], world: World) -> None:
    integration, sent = fips
    run = runs.start_run(integration=integration, actor=world.admin)
    carried_out(run)
    found = hosts(sent)
    assert found <= FIPS_HOSTS
    assert {"sts-fips.us-east-1.amazonaws.com", "kinesis-fips.us-east-1.amazonaws.com"} <= found
    assert {"iam-fips.amazonaws.com", "logs-fips.us-east-1.amazonaws.com", "s3-fips.us-east-1.amazonaws.com"} <= found


def test_looking_calls_fips_endpoints_and_no_others(fips: tuple[Integration, list[str]]) -> None:
    from monitoring.collection.collector import collect
    from monitoring.tap.source import open_source

    integration, sent = fips
    drift.check(integration)
    collect(connection_id=integration.connection_id, region="us-east-1", now=timezone.now())
    with pytest.raises(AwsFault):
        open_source(integration.uid).shards()
    integration.draft = codec.pages_of(validation.from_dict(integration.spec), integration)
    with pytest.raises(AwsFault):
        aws_checks.stream_found(integration, integration.draft["stream"])
    aws_checks.bucket_conflict(integration, integration.draft["delivery"]["items"]["1"])
    found = hosts(sent)
    assert found <= FIPS_HOSTS
    assert {f"{name}-fips.us-east-1.amazonaws.com" for name in ("sts", "kinesis", "monitoring", "s3")} <= found


def test_fips_is_refused_before_any_call_where_there_is_none(world: World, calls: list[str]) -> None:
    run = started(world, delivery=False)
    calls.clear()
    spec = validation.from_dict(run.spec)
    with pytest.raises(SpecRefused, match=r"endpoint\.no_kinesis_fips"):
        validation.from_dict(replace(spec, stream=replace(spec.stream, endpoint=Endpoint("fips"))).as_dict())
    other = replace(spec, name="other", stream=replace(spec.stream, endpoint=Endpoint("fips")))
    integration = Integration.objects.create(tenant=world.tenant, name="other")
    with pytest.raises(SpecRefused, match=r"endpoint\.no_kinesis_fips"):
        runs.start_run(integration=integration, actor=world.admin, spec=other)
    assert calls == []


def test_the_emulator_carries_a_fips_integration_out(world: World) -> None:
    connection, recipient = world.connected(), world.recipient()
    spec = world.spec(connection, recipient, delivery=False)
    wanted = replace(spec, stream=replace(spec.stream, region="us-east-1", endpoint=Endpoint("fips")))
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    run = carried_out(runs.start_run(integration=integration, actor=world.admin, spec=wanted))
    assert run.state == RunState.DONE, failed_steps(run)
    assert "use_fips_endpoint = true\n" in profile(world, Integration.objects.get(pk=integration.pk))
