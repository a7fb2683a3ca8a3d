"""What must hold once a run is over, whatever happened: one of everything, nothing left, one key that works."""

from onboarding.credentials.contents import read_key
from onboarding.models.credential import SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.states import CredentialState, IntegrationState, RunState, StepState
from onboarding.spec import validation
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from portal.openpgp.decrypt import decrypt
from tests.faults import stream_keys
from tests.faults.case import REGION, STREAM, Case

LISTS = {
    "data streams": ("kinesis", "list_streams", {}, "StreamNames"),
    "Firehose streams": ("firehose", "list_delivery_streams", {}, "DeliveryStreamNames"),
    "buckets": ("s3", "list_buckets", {}, "Buckets"),
    "log groups": ("logs", "describe_log_groups", {}, "logGroups"),
    "users under /sluice/": ("iam", "list_users", {"PathPrefix": "/sluice/"}, "Users"),
    "roles under /sluice/": ("iam", "list_roles", {"PathPrefix": "/sluice/"}, "Roles"),
    "policies under /sluice/": ("iam", "list_policies", {"PathPrefix": "/sluice/", "Scope": "Local"}, "Policies"),
}


def broken(case: Case) -> list[str]:
    """Return what does not hold, in words; nothing when all is well."""
    run, root = case.run, case.root()
    integration = Integration.objects.get(pk=run.integration_id)
    wrong = [*unfinished(case, integration), *_not_one(root, len(validation.from_dict(run.spec).deliveries))]
    wrong += stream_keys.not_one(case)
    ready = integration.credentials.filter(state=CredentialState.READY)
    if wrong or len(ready) != 1:
        return [*wrong, f"{len(ready)} credentials are READY"] if len(ready) != 1 else wrong
    living = integration.credentials.exclude(state__in=[CredentialState.DISCARDED, CredentialState.REVOKED])
    if len(living) != 1:
        wrong.append(f"{len(living)} credentials are neither discarded nor revoked")
    if SealedCopy.objects.filter(credential__integration=integration).count() != 2:  # client and vendor
        wrong.append("there are not exactly two sealed copies")
    return [*wrong, *key_problems(root, ready[0]), *_delivered_problems(case, ready[0], run.integration.uid)]


def unfinished(case: Case, integration: Integration) -> list[str]:
    run = case.run
    wrong = [f"{step.name} is {step.state}: {step.reason}" for step in run.steps.all() if step.state != StepState.DONE]
    if run.state != RunState.DONE:
        wrong.append(f"the run is {run.state}: {run.failure}")
    if integration.state != IntegrationState.LIVE:
        wrong.append(f"the integration is {integration.state}")
    left = integration.resources.filter(state="intended").values_list("kind", "name")
    return [*wrong, *(f"{kind} {name} is still listed as intended" for kind, name in left)]


def _not_one(root: AwsSession, deliveries: int) -> list[str]:
    one_each = {"Firehose streams", "log groups", "roles under /sluice/"}
    wanted = {**dict.fromkeys(one_each, deliveries), "buckets": min(deliveries, 1)}
    wrong = []
    for what, (service, operation, asked, member) in LISTS.items():
        found = getattr(root.client(service), operation)(**asked)[member]
        if len(found) != wanted.get(what, 1):
            wrong.append(f"there are {len(found)} {what}")
    return wrong


def key_problems(root: AwsSession, credential) -> list[str]:
    iam = root.client("iam")
    user = iam.list_users(PathPrefix="/sluice/")["Users"][0]["UserName"]
    keys = [key["AccessKeyId"] for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]]
    attached = iam.list_attached_user_policies(UserName=user)["AttachedPolicies"]
    wrong = []
    if user != credential.user_name:
        wrong.append(f"the user is {user}, the ledger says {credential.user_name}")
    if keys != [credential.access_key_id]:
        wrong.append(f"the user has the keys {keys}, the ledger says {credential.access_key_id}")
    if len(attached) != 1:
        wrong.append(f"the user has {len(attached)} policies")
    return wrong


def delivered(case: Case, credential) -> AwsSession:
    """The producer's identity as the client takes it out of the sealed copy."""
    copy = credential.copies.get(audience="client")
    key = read_key(decrypt(copy.ciphertext, private_key=case.client_key.private_key))
    return AwsSession(region=REGION, credentials=AwsCredentials(*key), account_id=case.account_id)


def _delivered_problems(case: Case, credential, uid: str) -> list[str]:
    key = delivered(case, credential)
    tags = case.root().client("kinesis").list_tags_for_stream(StreamName=STREAM)["Tags"]
    wrong = [] if {"Key": "sluice:integration", "Value": uid} in tags else ["the stream does not carry our tag"]
    try:
        put_record(key, STREAM, data=b"{}", partition_key="a")
    except AwsFault as fault:
        wrong.append(f"the delivered key cannot put a record: {fault}")
    try:
        put_record(key, "sluice-elsewhere", data=b"{}", partition_key="a")
        wrong.append("the delivered key can put records elsewhere")
    except AwsFault as fault:
        if fault.kind is not FaultKind.DENIED:
            wrong.append(f"the delivered key is not refused elsewhere: {fault}")
    return wrong
