"""What the workers of a scenario do: set an integration up, update it, remove it …; how each begins, and must end.

Before an update or a removal an integration is set up by a worker that is not interrupted, resources of others are put
beside its own, and an object into its bucket, so that something has to be kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from onboarding.deliveries.kinds import KINDS
from onboarding.integrations import removal, runs
from onboarding.models.integration import Integration
from onboarding.models.states import CredentialState, IntegrationState, ResourceState, RunState, StepState
from onboarding.provisioning.steps.bucket import HOLDS_OBJECTS
from onboarding.spec import validation
from onboarding.spec.integration_spec import ROLE, USER
from portal.aws import kinesis
from tests.faults import (
    adopted,
    by_role,
    by_role_invariants,
    consumers,
    devices,
    endpoint_only,
    invariants,
    registered,
    rotations,
    shared,
    stream_keys,
    tampering,
    things,
)
from tests.faults.case import REGION, STREAM, Case, Declared

FOREIGN = {"stream": f"{STREAM}-theirs", "user": "their-user", "log group": "/aws/kinesisfirehose/theirs"}


@dataclass(frozen=True)
class Workload:
    """`begin` turns a case that is set up into the one whose run is interrupted; `broken` says what is wrong then, and
    `meanwhile` what is wrong right after a worker ended."""

    begin: Callable[[Case], Case]
    broken: Callable[[Case], list[str]]
    is_first: bool = False
    creates_access_key: bool = False
    producer: str = USER
    kinds: tuple[str, ...] = ("s3",)
    new_key: bool = False
    theirs: Declared | None = None
    meanwhile: Callable[[Case], list[str]] = lambda case: []


def bucket_of(case: Case) -> str:
    """The bucket that the case's integration made when it was set up."""
    return f"{STREAM}-{case.account_id}"


def _removal(case: Case) -> Case:
    put_foreign_resources(case)
    integration = Integration.objects.get(pk=case.run.integration_id)
    run = removal.start_removal(integration=integration, actor="test", delete_data=True)
    return replace(case, run_id=run.pk)


def _update(case: Case) -> Case:
    """Two shards in place of one, a KMS key of its own, and another delivery, into another bucket, in place of the one
    there was.
    """
    put_foreign_resources(case)
    integration = Integration.objects.get(pk=case.run.integration_id)
    before = validation.from_dict(integration.spec)
    delivery = replace(before.deliveries[0], name=f"{STREAM}-second", bucket=f"{bucket_of(case)}-b")
    wanted = replace(before, stream=replace(before.stream, shards=2, kms_key="new"), deliveries=(delivery,))
    run = runs.start_run(integration=integration, actor="test", spec=wanted)
    return replace(case, run_id=run.pk)


def put_foreign_resources(case: Case) -> None:
    """Put resources of others beside the case's own, and an object into its bucket."""
    root = case.root()
    kinesis.create_stream(root, FOREIGN["stream"], mode="PROVISIONED", shard_count=1, tags={})
    root.client("iam").create_user(UserName=FOREIGN["user"])
    root.client("kms").create_key()
    root.client("logs").create_log_group(logGroupName=FOREIGN["log group"])
    configuration = {"LocationConstraint": REGION}
    root.client("s3").create_bucket(Bucket=f"{bucket_of(case)}-theirs", CreateBucketConfiguration=configuration)
    root.client("s3").put_object(Bucket=bucket_of(case), Key="kept", Body=b"{}")


def _not_removed(case: Case) -> list[str]:
    run = case.run
    integration = Integration.objects.get(pk=run.integration_id)
    wrong = _unlike(case, _THEIRS | {"buckets": {bucket_of(case), f"{bucket_of(case)}-theirs"}})
    wrong += stream_keys.not_going(case)
    wrong += [f"{step.name} is {step.state}: {step.reason}" for step in run.steps.exclude(state=StepState.DONE)]
    if (run.state, integration.state) != (RunState.DONE, IntegrationState.REMOVED):
        wrong.append(f"the run is {run.state}, the integration {integration.state}: {run.failure}")
    left = list(integration.resources.exclude(state=ResourceState.REMOVED).values_list("name", "state", "kept"))
    if [(name, state) for name, state, _ in left] != [(bucket_of(case), ResourceState.PRESENT)]:
        wrong.append(f"the ledger lists {left}")
    elif left[0][2] != HOLDS_OBJECTS.reason:
        wrong.append(f"that the bucket was kept is not said, but: {left[0][2]!r}")
    states = list(integration.credentials.values_list("state", flat=True))
    # Attempts that died while the integration was set up were discarded then.
    if [state for state in states if state != CredentialState.DISCARDED] != [CredentialState.REVOKED]:
        wrong.append(f"the credentials are {states}")
    return wrong


def _not_updated(case: Case) -> list[str]:
    integration = Integration.objects.get(pk=case.run.integration_id)
    bucket = bucket_of(case)
    ours = {
        "data streams": {STREAM, FOREIGN["stream"]},
        "buckets": {bucket, f"{bucket}-b", f"{bucket}-theirs"},
        "log groups": {FOREIGN["log group"], f"/aws/kinesisfirehose/{STREAM}-second"},
        "Firehose streams": {f"{STREAM}-second"},
    }
    wrong = _unlike(case, _THEIRS | ours) + invariants.unfinished(case, integration) + stream_keys.not_one(case)
    shards = kinesis.describe_stream(case.root(), STREAM)
    if shards is None or shards.open_shard_count != 2:
        wrong.append(f"the stream is {shards}")
    kept = dict(integration.resources.filter(kept__isnull=False).values_list("name", "kept"))
    if set(kept) != {bucket}:
        wrong.append(f"kept is {kept}")
    [credential] = integration.credentials.all()
    if credential.state != CredentialState.READY:
        wrong.append(f"the key is {credential.state}")
    return wrong or [*invariants.key_problems(case.root(), credential)]


def account(case: Case) -> dict[str, Any]:
    """What the account has: names, and of the users their keys and policies, of the streams their shape."""
    root = case.root()
    iam = root.client("iam")
    there: dict[str, Any] = {}
    for what, (service, operation, asked, member) in invariants.LISTS.items():
        found = getattr(root.client(service), operation)(**asked)[member]
        there[what] = sorted(
            resource if isinstance(resource, str) else resource[_NAMES.get(what, "Arn")] for resource in found
        )
    for user in iam.list_users()["Users"]:
        name = user["UserName"]
        keys = [key["AccessKeyId"] for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]]
        attached = iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]
        there[f"user {name}"] = (keys, [policy["PolicyArn"] for policy in attached])
    there["KMS keys"] = stream_keys.staying(root)
    there["streams"] = [kinesis.describe_stream(root, name) for name in there["data streams"]]
    return there


_THEIRS: dict[str, set[str]] = {
    "data streams": {FOREIGN["stream"]},
    "Firehose streams": set(),
    "log groups": {FOREIGN["log group"]},
}
_NAMES = {"buckets": "Name", "log groups": "logGroupName"}


def _unlike(case: Case, expected: dict[str, set[str]]) -> list[str]:
    """Compare the names of what is in the account with those that are expected; their user is there in any case."""
    root, wrong = case.root(), []
    for what, names in expected.items():
        service, operation, asked, member = invariants.LISTS[what]
        found = getattr(root.client(service), operation)(**asked)[member]
        there = {resource[_NAMES[what]] if what in _NAMES else resource for resource in found}
        if there != names:
            wrong.append(f"the {what} are {sorted(there)}")
    if FOREIGN["user"] not in {user["UserName"] for user in root.client("iam").list_users()["Users"]}:
        wrong.append("a stranger's user is gone")
    return wrong


WORKLOADS = {
    "set up": Workload(lambda case: case, invariants.broken, is_first=True, creates_access_key=True, new_key=True),
    "set up all destinations": Workload(
        lambda case: case, invariants.broken, is_first=True, creates_access_key=True, kinds=tuple(KINDS), new_key=True
    ),
    "set up with endpoint": Workload(endpoint_only.tied, endpoint_only.broken, is_first=True, creates_access_key=True),
    "update": Workload(_update, _not_updated),
    "repair": Workload(tampering.repair, tampering.not_repaired),
    "remove": Workload(_removal, _not_removed, new_key=True),
    "adopt": Workload(
        lambda case: case,
        adopted.not_adopted,
        is_first=True,
        creates_access_key=True,
        kinds=(),
        theirs=adopted.put_theirs,
    ),
    "rotate": Workload(
        rotations.rotation,
        rotations.not_rotated,
        creates_access_key=True,
        kinds=(),
        meanwhile=rotations.without_valid_key,
    ),
    "undo": Workload(rotations.undoing, rotations.not_undone, kinds=(), meanwhile=rotations.without_valid_key),
    "revoke": Workload(rotations.revocation, rotations.not_revoked, kinds=()),
    "set up by role": Workload(
        by_role.tested_by_vendor, by_role_invariants.not_set_up, is_first=True, producer=ROLE, kinds=()
    ),
    "move": Workload(
        by_role.moving,
        by_role_invariants.not_moved,
        creates_access_key=True,
        kinds=(),
        meanwhile=by_role_invariants.without_producer,
    ),
    "consume": Workload(consumers.consumed, consumers.not_consumed, kinds=()),
    "change consumers": Workload(consumers.changed, consumers.not_changed, kinds=()),
    "share": Workload(shared.sharing, shared.not_shared, kinds=()),
    "unshare": Workload(shared.unsharing, shared.not_unshared, kinds=()),
    "register": Workload(registered.registering, registered.not_registered, kinds=()),
    "deregister": Workload(registered.deregistering, registered.not_deregistered, kinds=()),
    "add devices": Workload(devices.added, devices.not_added, kinds=()),
    "remove devices": Workload(devices.removing, devices.not_removed, kinds=()),
    "exchange things": Workload(things.exchanging, things.not_exchanged, kinds=()),
    "remove adopted": Workload(adopted.given_back, adopted.not_given_back, kinds=(), theirs=adopted.put_theirs),
}
