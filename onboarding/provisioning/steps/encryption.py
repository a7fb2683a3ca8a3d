"""Records at rest in the stream are encrypted with the wanted key, or not at all if that was requested."""

from onboarding.provisioning.context import Context, Difference, Done, Plan, Waiting
from onboarding.provisioning.polling import STREAM_UPDATING
from portal.aws import kinesis, kms


def title(plan: Plan) -> str:
    """Return what the step ensures, for people."""
    stream = plan.spec.stream
    if stream.kms_key == "none":
        return "Encryption at rest is off, as asked"
    if stream.makes_key:
        return f"Records are encrypted at rest with the new key {plan.key_alias}"
    key = "the key that AWS manages" if stream.kms_key == "aws" else f"your key {stream.kms_key.rsplit('/', 1)[-1]}"
    return f"Records are encrypted at rest with {key}"


def apply(context: Context) -> Done | Waiting:
    """Start, change or stop server-side encryption."""
    wanted, name = _wanted(context.plan), context.plan.spec.stream.name
    found = kinesis.describe_stream(context.aws, name)
    if found is None or found.status != "ACTIVE":
        return Waiting(STREAM_UPDATING, "Waiting for the stream to be ACTIVE.")
    if wanted == NOT_MADE:
        return Waiting(2, "Waiting for the stream's key to be made.")
    if wanted is None:
        return _off(context, found)
    if found.encryption_type == "KMS" and (_same(found.key_id, wanted) or _is_named(context, found.key_id, wanted)):
        return Done(found=f"encrypted with {found.key_id}")
    kinesis.start_encryption(context.aws, name, wanted)
    return Waiting(0.5, "AWS is turning encryption on.")


def _wanted(plan: Plan) -> str | None:
    """Return what StartStreamEncryption takes as KeyId, or None for no encryption."""
    return {"none": None, "aws": "alias/aws/kinesis"}.get(plan.spec.stream.kms_key, plan.key_arn or NOT_MADE)


NOT_MADE = "a key that is not made yet"


def _off(context: Context, found: kinesis.Stream) -> Done | Waiting:
    if found.encryption_type == "NONE":
        return Done(found="not encrypted at rest")
    kinesis.stop_encryption(context.aws, found.name, found.key_id or "alias/aws/kinesis")
    return Waiting(0.5, "AWS is turning encryption off.")


def _same(found: str | None, wanted: str) -> bool:
    # AWS answers with the form it was given: an alias, an alias's ARN, a key's id or ARN.
    return bool(found) and str(found).rsplit(":", 1)[-1].removeprefix("key/") == wanted.rsplit(":", 1)[-1].removeprefix(
        "key/"
    )


def _is_named(context: Context, found: str | None, wanted: str) -> bool:
    """Tell whether a stream that was adopted is encrypted with the wanted key, called by an alias of the client's."""
    if not context.plan.spec.stream.adopt or ":key/" not in wanted or "alias/" not in (found or ""):
        return False
    key = kms.describe_key(context.aws, str(found))
    return key is not None and key.arn == wanted


def check(context: Context) -> list[Difference]:
    """Compare the encryption at rest with what is wanted; nothing is changed."""
    wanted = _wanted(context.plan)
    found = kinesis.describe_stream(context.aws, context.plan.spec.stream.name)
    if found is None:
        return []
    key = found.key_id if found.encryption_type == "KMS" else None
    if key == wanted or (key and wanted and (_same(key, wanted) or _is_named(context, key, wanted))):
        return []
    return [Difference("Encryption at rest", wanted or "none", key or "none")]
