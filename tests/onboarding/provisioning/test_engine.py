"""The engine carries a whole integration out against an AWS that enforces IAM, and a second run changes nothing."""

import pytest

from onboarding import services
from onboarding.models import Credential, Integration, Run
from onboarding.opening import open_run
from onboarding.provisioning import engine
from onboarding.states import CredentialState, IntegrationState, RunState
from portal.aws import iam, kinesis
from portal.aws.session import AwsCredentials, AwsSession
from portal.openpgp.decrypt import decrypt
from onboarding.credentials.contents import read_bundle
from tests.world import World

WRITES = ("Create", "Put", "Update", "Delete", "Attach", "Detach", "Add", "Start", "Stop", "Enable", "Disable", "Tag", "Increase", "Decrease")

pytestmark = pytest.mark.django_db(transaction=True)


def carried_out(run: Run, turns: int = 60) -> Run:
    """Advance a run until it is over, as worker and sweep do."""
    for _ in range(turns):
        Run.objects.filter(pk=run.pk, state__in=["pending", "waiting"]).update(due_at=run.created_at)
        run.steps.filter(state="waiting").update(retry_at=run.created_at)
        engine.advance(run.pk, open_run)
        run.refresh_from_db()
        if run.status.is_over:
            break
    return run


def applied(world: World, **options: bool) -> tuple[Integration, Run]:
    """An integration of the world, carried out."""
    connection, recipient = world.connected(), world.recipient()
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    spec = world.spec(connection, recipient, **options)
    run = services.start_run(integration=integration, actor=world.admin, spec=spec)
    carried_out(run)
    integration.refresh_from_db()
    return integration, run


def delivered_key(world: World, integration: Integration) -> AwsSession:
    """The producer's identity, as the client takes it out of the sealed copy."""
    copy = integration.credentials.get(state=CredentialState.READY).copies.get(audience="client")
    files = read_bundle(decrypt(copy.ciphertext, private_key=world.client_key.private_key))
    key_id, secret = files["credentials.csv"].decode("utf-8-sig").splitlines()[1].split(",")
    return AwsSession(region="eu-west-1", credentials=AwsCredentials(key_id, secret))


def test_a_whole_integration_is_made_and_its_key_works(world: World) -> None:
    integration, run = applied(world)
    assert [(step.name, step.state, step.reason, step.aws_detail) for step in run.steps.all() if step.state != "done"] == [], list(run.steps.values_list("name", "state", "reason", "aws_detail"))
    assert (run.state, integration.state) == (RunState.DONE, IntegrationState.LIVE)
    receipt = kinesis.put_record(delivered_key(world, integration), "sluice-sensors", data=b"{}", partition_key="a")
    assert receipt.shard_id.startswith("shardId-")


def test_a_second_run_of_the_same_spec_writes_nothing(world: World, calls: list[str]) -> None:
    integration, _ = applied(world)
    first = len(calls)
    calls.clear()
    again = carried_out(services.start_run(integration=integration, actor=world.admin))
    assert again.state == RunState.DONE
    assert [call for call in calls if call.startswith(WRITES)] == [], list(run.steps.values_list("name", "state", "reason", "aws_detail"))
    assert Credential.objects.filter(integration=integration).count() == 1
    assert first > len(calls) > 5


def test_a_first_run_needs_at_most_45_calls(world: World, calls: list[str]) -> None:
    connection, recipient = world.connected(), world.recipient()
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    run = services.start_run(integration=integration, actor=world.admin, spec=world.spec(connection, recipient))
    calls.clear()
    carried_out(run)
    # The sealer's own three calls (CreateAccessKey, PutRecord, and none besides) are made in another process.
    assert len(calls) + 3 <= 45, calls
