"""The scenarios of a stream that its owner made before: what it is to begin with, and what must be left of it."""

from dataclasses import replace

from onboarding.integrations import adoption, existing_stream, removal
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState, ResourceState, RunState, StepState
from onboarding.provisioning.adopted_stream import KEPT, is_noted, second
from onboarding.spec.stream_spec import StreamSpec
from portal.aws import kinesis
from portal.aws.records import get_records, put_record
from portal.aws.session import AwsSession
from portal.aws.shards import list_shards, shard_iterator
from portal.tenancy.models import AuditEvent
from tests.faults import invariants
from tests.faults.case import REGION, STREAM, Case

THEIRS = {"team": "roofs", "managed-by": "terraform"}
RECORDS = {b"one", b"two", b"three"}


def put_theirs(root: AwsSession, integration: Integration, connection: Connection) -> StreamSpec:
    """Make the client's stream, with records in it, have somebody confirm it, and return how it is adopted."""
    kinesis.create_stream(root, STREAM, mode="PROVISIONED", shard_count=2, tags=THEIRS)
    while (there := kinesis.describe_stream(root, STREAM)) is None or there.status != "ACTIVE":
        continue
    for data in RECORDS:
        put_record(root, STREAM, data=data, partition_key=data.decode())
    found = existing_stream.find_stream(integration, connection, STREAM, REGION)
    if found is None:
        raise AssertionError("the stream that was made just now is not found")
    adoption.confirm(integration=integration, found=found, actor="test")
    return found.stream


def given_back(case: Case) -> Case:
    """The removal of an integration that adopted the stream, with everything asked for."""
    integration = Integration.objects.get(pk=case.run.integration_id)
    run = removal.start_removal(integration=integration, actor="test", delete_data=True)
    return replace(case, run_id=run.pk)


def not_adopted(case: Case) -> list[str]:
    """Say what does not hold after a run that adopts: one of everything, the stream as it was, with two more tags."""
    integration = Integration.objects.get(pk=case.run.integration_id)
    ours = {"sluice:integration": integration.uid, "sluice:tenant": integration.tenant.slug}
    wrong = [*invariants.broken(case), *_not_as_it_was(case, THEIRS | ours)]
    row = integration.resources.get(kind="data stream")
    if not is_noted(row.notes):
        wrong.append(f"the ledger does not know that it was adopted: {row.notes}")
    if AuditEvent.objects.filter(tenant=integration.tenant, action="onboarding:stream:adoption-confirmed").count() != 1:
        wrong.append("not exactly one person's word is in the audit trail")
    return wrong


def not_given_back(case: Case) -> list[str]:
    """Say what does not hold after a removal: nothing of ours is left, and the stream is as it was."""
    run = case.run
    integration = Integration.objects.get(pk=run.integration_id)
    wrong = _not_as_it_was(case, THEIRS)
    wrong += [f"{step.name} is {step.state}: {step.reason}" for step in run.steps.exclude(state=StepState.DONE)]
    if (run.state, integration.state) != (RunState.DONE, IntegrationState.REMOVED):
        wrong.append(f"the run is {run.state}, the integration {integration.state}: {run.failure}")
    for what in ("users under /sluice/", "policies under /sluice/"):
        service, operation, asked, member = invariants.LISTS[what]
        if found := getattr(case.root().client(service), operation)(**asked)[member]:
            wrong.append(f"there are {len(found)} {what}")
    left = integration.resources.exclude(state=ResourceState.REMOVED)
    listed = [(resource.name, is_noted(resource.notes), resource.kept) for resource in left]
    if listed != [(STREAM, True, KEPT.reason)]:
        wrong.append(f"the ledger lists {[(resource.name, resource.state, resource.kept) for resource in left]}")
    return wrong


def _not_as_it_was(case: Case, tags: dict[str, str]) -> list[str]:
    root, wrong = case.root(), []
    found, wanted = kinesis.describe_stream(root, STREAM), case.run.spec["stream"]
    if found is None:
        return ["the client's stream is gone"]
    shape = {"mode": found.mode, "shards": found.open_shard_count, "retention_hours": found.retention_hours}
    if (
        shape != {key: wanted[key] for key in shape}
        or second(found.created_at).isoformat() != (wanted["creation_timestamp"])
    ):
        wrong.append(f"the client's stream is {found}")
    if (there := kinesis.stream_tags(root, STREAM)) != tags:
        wrong.append(f"its tags are {there}")
    if lost := RECORDS - set(_records(root)):
        wrong.append(f"its records {lost} are gone")
    return wrong


def _records(root: AwsSession) -> list[bytes]:
    found = []
    for shard in list_shards(root, STREAM):
        iterator = shard_iterator(root, STREAM, shard.shard_id, kind="TRIM_HORIZON")
        found += [record.data for record in get_records(root, iterator, shard.shard_id, limit=100).records]
    return found
