"""Records at rest in the stream are encrypted with the specified key, or not at all."""

from onboarding.provisioning.answers import Done, Waiting
from onboarding.provisioning.context import Context
from onboarding.provisioning.described import described_stream
from onboarding.provisioning.differences import Difference, value_of
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.polling import STREAM_UPDATING
from portal.aws import kinesis, kms
from portal.aws.stream_settings import start_encryption, stop_encryption
from portal.messages.message import Message


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    stream = plan.spec.stream
    if stream.kms_key == "none":
        return Message("step.encryption_off")
    if stream.makes_key:
        return Message("step.encryption_new_key", alias=plan.key_alias)
    if stream.kms_key == "aws":
        return Message("step.encryption_aws_key")
    return Message("step.encryption_own_key", key=stream.kms_key.rsplit("/", 1)[-1])


def apply(context: Context) -> Done | Waiting:
    """Start, change or stop server-side encryption."""
    wanted, name = _wanted(context.plan), context.plan.spec.stream.name
    found = described_stream(context)
    if found is None or found.status != "ACTIVE":
        return Waiting(STREAM_UPDATING, Message("waiting.stream_active"))
    if wanted == NOT_CREATED:
        return Waiting(2, Message("waiting.kms_key"))
    if wanted is None:
        return _off(context, found)
    if found.encryption_type == "KMS" and (_same(found.key_id, wanted) or _is_named(context, found.key_id, wanted)):
        return Done(found=Message("outcome.encrypted", key=found.key_id or ""))
    start_encryption(context.aws, name, wanted)
    return Waiting(0.5, Message("waiting.encryption_starting"))


def _wanted(plan: Plan) -> str | None:
    """Return the KeyId for StartStreamEncryption, or None for no encryption."""
    return {"none": None, "aws": "alias/aws/kinesis"}.get(plan.spec.stream.kms_key, plan.key_arn or NOT_CREATED)


NOT_CREATED = "a key that is not created yet"


def _off(context: Context, found: kinesis.Stream) -> Done | Waiting:
    if found.encryption_type == "NONE":
        return Done(found=Message("outcome.not_encrypted"))
    stop_encryption(context.aws, found.name, found.key_id or "alias/aws/kinesis")
    return Waiting(0.5, Message("waiting.encryption_stopping"))


def _same(found: str | None, wanted: str) -> bool:
    # AWS answers with the form it was given: an alias, an alias's ARN, a key's id or ARN.
    return bool(found) and str(found).rsplit(":", 1)[-1].removeprefix("key/") == wanted.rsplit(":", 1)[-1].removeprefix(
        "key/"
    )


def _is_named(context: Context, found: str | None, wanted: str) -> bool:
    """Return whether an adopted stream names the specified key by an alias of the client's."""
    if not context.plan.spec.stream.adopt or ":key/" not in wanted or "alias/" not in (found or ""):
        return False
    key = kms.describe_key(context.aws, str(found))
    return key is not None and key.arn == wanted


def check(context: Context) -> list[Difference]:
    """Compare the encryption at rest with the plan; change nothing."""
    wanted = _wanted(context.plan)
    found = described_stream(context)
    if found is None:
        return []
    key = found.key_id if found.encryption_type == "KMS" else None
    if key == wanted or (key and wanted and (_same(key, wanted) or _is_named(context, key, wanted))):
        return []
    return [Difference(Message("drift.encryption"), value_of(wanted), value_of(key))]
