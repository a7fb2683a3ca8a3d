"""The KMS key that an integration may have made: one and never two, named, used by the stream; going exactly once."""

from onboarding.models.integration import Integration
from onboarding.provisioning.plan import INTEGRATION_TAG, KEY_KIND
from onboarding.spec import validation
from portal.aws import kinesis, kms
from portal.aws.kms import Key
from portal.aws.session import AwsSession
from tests.faults.case import STREAM, Case

ALIAS = f"alias/{STREAM}"


def keys(root: AwsSession) -> list[tuple[Key, dict[str, str]]]:
    """Every key of the account with its tags, those that are going too."""
    arns = [key["KeyArn"] for key in root.client("kms").list_keys()["Keys"]]
    return [(key, kms.key_tags(root, arn)) for arn in arns if (key := kms.describe_key(root, arn))]


def is_ours(uid: str, key: Key, tags: dict[str, str]) -> bool:
    """Return whether an integration created a key: it has its tag, or not yet and only the description."""
    return tags.get(INTEGRATION_TAG) == uid or uid in key.description


def staying(root: AwsSession) -> list[str]:
    """The ARNs of the keys that nobody has scheduled for deletion."""
    return sorted(key.arn for key, _ in keys(root) if not key.is_pending_deletion)


def not_one(case: Case) -> list[str]:
    """What is wrong with the key of an integration that is set up, in words."""
    root, integration = case.root(), Integration.objects.get(pk=case.run.integration_id)
    created = [key for key, tags in keys(root) if is_ours(integration.uid, key, tags)]
    ours = [key for key in created if not key.is_pending_deletion]
    if not validation.from_dict(integration.spec).stream.makes_key:
        return [f"there are {len(ours)} KMS keys that nobody wanted"] if ours else []
    if len(ours) != 1:
        return [f"there are {len(ours)} KMS keys"]
    [key] = ours
    named, stream = kms.describe_key(root, ALIAS), kinesis.describe_stream(root, STREAM)
    listed = list(integration.resources.filter(kind=KEY_KIND).values_list("arn", "state"))
    facts = {
        "named by its alias": named is not None and named.arn == key.arn,
        "used by the stream": stream is not None and stream.key_id == key.arn,
        "listed": listed == [(key.arn, "present")],
        "enabled": key.enabled,
        "renewed every year": kms.rotates(root, key.arn),
    }
    return [f"the KMS key is not {what}" for what, holds in facts.items() if not holds]


def not_going(case: Case) -> list[str]:
    """What is wrong with the keys of an integration that was removed with its data, in words."""
    integration = Integration.objects.get(pk=case.run.integration_id)
    found, uid = keys(case.root()), integration.uid
    ours = [key.state for key, tags in found if is_ours(uid, key, tags)]
    theirs = [key.state for key, tags in found if not is_ours(uid, key, tags)]
    made = ["PendingDeletion"] if validation.from_dict(integration.spec).stream.makes_key else []
    wrong = [] if ours == made else [f"our KMS keys are {ours}"]
    return wrong if theirs == ["Enabled"] else [*wrong, f"the strangers' KMS keys are {theirs}"]
