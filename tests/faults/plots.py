"""What a story is about: setting an integration up, changing it, or removing it; how each begins, and must end.

Before a change or a removal an integration is set up by a worker that nobody disturbs, strangers' things are put beside
its own, and an object into its bucket, so that something has to be kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from onboarding.deliveries.kinds import KINDS
from onboarding.integrations import removal, runs
from onboarding.models.integration import Integration
from onboarding.models.states import CredentialState, IntegrationState, ResourceState, RunState, StepState
from onboarding.spec import integration_spec as specs
from portal.aws import kinesis
from tests.faults import adopted, invariants, meddling, one_way, stream_keys
from tests.faults.scene import REGION, STREAM, Declared, Scene

STRANGERS = {"stream": f"{STREAM}-theirs", "user": "their-user", "log group": "/aws/kinesisfirehose/theirs"}


@dataclass(frozen=True)
class Plot:
    """`begin` turns a scene that is set up into the one whose run is disturbed; `broken` says what is wrong after."""

    begin: Callable[[Scene], Scene]
    broken: Callable[[Scene], list[str]]
    is_first: bool = False
    kinds: tuple[str, ...] = ("s3",)
    new_key: bool = False
    theirs: Declared | None = None


def bucket_of(scene: Scene) -> str:
    """The bucket that the scene's integration made when it was set up."""
    return f"{STREAM}-{scene.account_id}"


def _removal(scene: Scene) -> Scene:
    put_strangers(scene)
    integration = Integration.objects.get(pk=scene.run.integration_id)
    run = removal.start_removal(integration=integration, actor="test", delete_data=True)
    return replace(scene, run_id=run.pk)


def _change(scene: Scene) -> Scene:
    """Two shards in place of one, a KMS key of its own, and another delivery, into another bucket, in place of the one
    there was.
    """
    put_strangers(scene)
    integration = Integration.objects.get(pk=scene.run.integration_id)
    before = specs.from_dict(integration.spec)
    delivery = replace(before.deliveries[0], name=f"{STREAM}-second", bucket=f"{bucket_of(scene)}-b")
    wanted = replace(before, stream=replace(before.stream, shards=2, kms_key="new"), deliveries=(delivery,))
    run = runs.start_run(integration=integration, actor="test", spec=wanted)
    return replace(scene, run_id=run.pk)


def put_strangers(scene: Scene) -> None:
    """Put strangers' things beside the scene's own, and an object into its bucket."""
    root = scene.root()
    kinesis.create_stream(root, STRANGERS["stream"], mode="PROVISIONED", shard_count=1, tags={})
    root.client("iam").create_user(UserName=STRANGERS["user"])
    root.client("kms").create_key()
    root.client("logs").create_log_group(logGroupName=STRANGERS["log group"])
    configuration = {"LocationConstraint": REGION}
    root.client("s3").create_bucket(Bucket=f"{bucket_of(scene)}-theirs", CreateBucketConfiguration=configuration)
    root.client("s3").put_object(Bucket=bucket_of(scene), Key="kept", Body=b"{}")


def _not_removed(scene: Scene) -> list[str]:
    run = scene.run
    integration = Integration.objects.get(pk=run.integration_id)
    wrong = _unlike(scene, _THEIRS | {"buckets": {bucket_of(scene), f"{bucket_of(scene)}-theirs"}})
    wrong += stream_keys.not_going(scene)
    wrong += [f"{step.name} is {step.state}: {step.reason}" for step in run.steps.exclude(state=StepState.DONE)]
    if (run.state, integration.state) != (RunState.DONE, IntegrationState.REMOVED):
        wrong.append(f"the run is {run.state}, the integration {integration.state}: {run.failure}")
    left = list(integration.resources.exclude(state=ResourceState.REMOVED).values_list("name", "state", "kept"))
    if [(name, state) for name, state, _ in left] != [(bucket_of(scene), ResourceState.PRESENT)]:
        wrong.append(f"the ledger lists {left}")
    elif "holds objects" not in left[0][2]:
        wrong.append(f"that the bucket was kept is not said, but: {left[0][2]!r}")
    states = list(integration.credentials.values_list("state", flat=True))
    # Attempts that died while the integration was set up were discarded then.
    if [state for state in states if state != CredentialState.DISCARDED] != [CredentialState.REVOKED]:
        wrong.append(f"the credentials are {states}")
    return wrong


def _not_changed(scene: Scene) -> list[str]:
    integration = Integration.objects.get(pk=scene.run.integration_id)
    bucket = bucket_of(scene)
    ours = {
        "data streams": {STREAM, STRANGERS["stream"]},
        "buckets": {bucket, f"{bucket}-b", f"{bucket}-theirs"},
        "log groups": {STRANGERS["log group"], f"/aws/kinesisfirehose/{STREAM}-second"},
        "Firehose streams": {f"{STREAM}-second"},
    }
    wrong = _unlike(scene, _THEIRS | ours) + invariants.unfinished(scene, integration) + stream_keys.not_one(scene)
    shards = kinesis.describe_stream(scene.root(), STREAM)
    if shards is None or shards.open_shard_count != 2:
        wrong.append(f"the stream is {shards}")
    kept = dict(integration.resources.exclude(kept="").values_list("name", "kept"))
    if set(kept) != {bucket}:
        wrong.append(f"kept is {kept}")
    [credential] = integration.credentials.all()
    if credential.state != CredentialState.READY:
        wrong.append(f"the key is {credential.state}")
    return wrong or [*invariants.key_problems(scene.root(), credential)]


def account(scene: Scene) -> dict[str, Any]:
    """What the account has: names, and of the users their keys and policies, of the streams their shape."""
    root = scene.root()
    iam = root.client("iam")
    there: dict[str, Any] = {}
    for what, (service, operation, asked, member) in invariants.LISTS.items():
        found = getattr(root.client(service), operation)(**asked)[member]
        there[what] = sorted(one if isinstance(one, str) else one[_NAMES.get(what, "Arn")] for one in found)
    for user in iam.list_users()["Users"]:
        name = user["UserName"]
        keys = [key["AccessKeyId"] for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]]
        rights = [one["PolicyArn"] for one in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]]
        there[f"user {name}"] = (keys, rights)
    there["KMS keys"] = stream_keys.staying(root)
    there["streams"] = [kinesis.describe_stream(root, name) for name in there["data streams"]]
    return there


_THEIRS: dict[str, set[str]] = {
    "data streams": {STRANGERS["stream"]},
    "Firehose streams": set(),
    "log groups": {STRANGERS["log group"]},
}
_NAMES = {"buckets": "Name", "log groups": "logGroupName"}


def _unlike(scene: Scene, expected: dict[str, set[str]]) -> list[str]:
    """Compare the names of what is in the account with those that are expected; their user is there in any case."""
    root, wrong = scene.root(), []
    for what, names in expected.items():
        service, operation, asked, member = invariants.LISTS[what]
        found = getattr(root.client(service), operation)(**asked)[member]
        there = {one[_NAMES[what]] if what in _NAMES else one for one in found}
        if there != names:
            wrong.append(f"the {what} are {sorted(there)}")
    if STRANGERS["user"] not in {user["UserName"] for user in root.client("iam").list_users()["Users"]}:
        wrong.append("a stranger's user is gone")
    return wrong


PLOTS = {
    "set up": Plot(lambda scene: scene, invariants.broken, is_first=True, new_key=True),
    "set up in full": Plot(lambda scene: scene, invariants.broken, is_first=True, kinds=tuple(KINDS), new_key=True),
    "set up one way in": Plot(one_way.tied, one_way.broken, is_first=True),
    "change": Plot(_change, _not_changed),
    "repair": Plot(meddling.repair, meddling.not_repaired),
    "remove": Plot(_removal, _not_removed, new_key=True),
    "adopt": Plot(lambda scene: scene, adopted.not_adopted, is_first=True, kinds=(), theirs=adopted.put_theirs),
    "give back": Plot(adopted.given_back, adopted.not_given_back, kinds=(), theirs=adopted.put_theirs),
}
