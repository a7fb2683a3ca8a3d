"""A KMS key for the stream exists, is ours, rotates every year, and is managed by the account.

CreateKey makes another key each time it is asked. So it is asked once, after the intent is committed, and a key whose
answer was lost is found again: by its alias, or by its tag.
"""

from contextlib import suppress

from onboarding.provisioning.context import (
    INTEGRATION_TAG,
    KEY_KIND,
    Context,
    Difference,
    Done,
    FenceLost,
    Owned,
    Plan,
    Refused,
    Waiting,
    is_ours,
    not_ours,
)
from onboarding.provisioning.deletion import Kept, Removal, Removed, is_settling, remove_all, stranger
from onboarding.provisioning.differences import differing, rights, whose_tag
from portal.aws import kms
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.kms import Key
from portal.aws.policies.keys import stream_key_policy
from portal.aws.policies.statements import Document

KIND = KEY_KIND
STREAM = "data stream"


def title(plan: Plan) -> str:
    """Return what the step ensures, for people."""
    return f"KMS key {plan.key_alias} is there, renews itself every year, and your account governs it"


def apply(context: Context) -> Done | Waiting:
    """Find the key again or make it, then see to its alias, rotation and policy."""
    known = _known(context)
    key = _found(context, known)
    if key is None:
        if known is not None and is_settling(known):
            return Waiting(2, "A key may have been made a moment ago; waiting until KMS lists it.")
        return _looked_after(context, _made(context), ["created"])
    context.ledger.present(KIND, context.plan.key_alias, key.arn)
    return _looked_after(context, key, [])


def _made(context: Context) -> Key:
    plan = context.plan
    context.ledger.intend(KIND, plan.key_alias)
    key = kms.create_key(
        context.aws,
        description=f"Data stream {plan.spec.stream.name}. Made by Sluice; your account governs it.",
        policy=_policy(plan),
        tags=plan.tags,
    )
    try:
        context.ledger.present(KIND, plan.key_alias, key.arn)
    except FenceLost:
        _discard(context, key)
        raise
    return key


def _discard(context: Context, key: Key) -> None:
    # This worker overslept between its intent and its call, and whoever took over made a key of its own. Only while
    # that one has none yet may it still find this one by its tag; then it stays, for that worker or for the removal.
    known = _known(context)
    if known is not None and known.arn in {"", key.arn}:
        return
    with suppress(AwsFault):
        kms.schedule_deletion(context.aws, key.arn)


def _known(context: Context) -> Owned | None:
    rows = context.ledger.inventory(KIND)
    return next((one for one in rows if one.name == context.plan.key_alias), None)


def _found(context: Context, known: Owned | None) -> Key | None:
    key = kms.describe_key(context.aws, (known and known.arn) or context.plan.key_alias)
    if key is None and known is not None:
        # Made, but not seen since: its answer was lost before its ARN or its alias could be kept.
        mine = kms.keys_tagged(context.aws, INTEGRATION_TAG, context.plan.integration_uid)
        return min(mine, key=lambda one: one.arn) if mine else None
    if key is None:
        return None
    if not is_ours(context.plan, tags := _tags(context, key)):
        raise not_ours(f"A KMS key with the alias {context.plan.key_alias}", tags)
    if key.is_pending_deletion or not key.enabled:
        raise Refused(
            f"The stream's KMS key is {key.state}: records under it cannot be read or written.",
            f"In KMS, cancel its deletion or enable it, and try again: {key.arn}.",
        )
    return key


def _tags(context: Context, key: Key) -> dict[str, str]:
    try:
        return kms.key_tags(context.aws, key.arn)
    except AwsFault as fault:
        if fault.kind is FaultKind.DENIED:  # the role sees the tags of no key but those that Sluice made
            return {}
        raise


def _looked_after(context: Context, key: Key, did: list[str]) -> Done:
    aws, plan = context.aws, context.plan
    named = kms.describe_key(aws, plan.key_alias)
    if named is None:
        kms.create_alias(aws, plan.key_alias, key.arn)
        did.append("named it")
    elif named.arn != key.arn:
        raise not_ours(f"A KMS key with the alias {plan.key_alias}", _tags(context, named))
    if not kms.rotates(aws, key.arn):
        kms.enable_rotation(aws, key.arn)
        did.append("turned rotation on")
    if kms.key_policy(aws, key.arn) != _policy(plan):
        kms.put_key_policy(aws, key.arn, _policy(plan))
        did.append("set its policy")
    return Done(arn=key.arn, found="" if did else "as wanted", did=", ".join(did))


def _policy(plan: Plan) -> Document:
    return stream_key_policy(plan.account_id, plan.portal_role_arn, plan.spec.stream.region, plan.partition)


def undo(context: Context) -> Done | Waiting:
    """Have the key deleted in 30 days, if deleting the data was asked for twice and nothing needs the key any more."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    key = kms.describe_key(context.aws, owned.arn or owned.name)
    if key is None and not owned.is_seen:
        mine = kms.keys_tagged(context.aws, INTEGRATION_TAG, context.plan.integration_uid)
        key = mine[0] if mine else None
        if key is None and is_settling(owned):
            return Waiting(2, "A key may have been made a moment ago; waiting until KMS lists it.")
    if key is None or key.is_pending_deletion:
        return Removed(by_us=owned.is_going)
    if kept := stranger(context, _tags(context, key)):
        return kept
    if context.ledger.inventory(STREAM):
        return STREAM_NEEDS_IT
    if not context.terms.delete_data:
        return NOT_ASKED
    context.ledger.removing(KIND, owned.name)
    # A worker that was asleep may have made one more, which nothing has ever used.
    tagged = kms.keys_tagged(context.aws, INTEGRATION_TAG, context.plan.integration_uid)
    for arn in {key.arn, *(one.arn for one in tagged)}:
        kms.schedule_deletion(context.aws, arn)
    return Removed()


STREAM_NEEDS_IT = Kept("The data stream is kept, and its records cannot be read without this key.")
NOT_ASKED = Kept("Deleting data was not asked for, and whatever was encrypted with this key is lost without it.")


def check(context: Context) -> list[Difference]:
    """Compare the key with what is wanted; nothing is changed."""
    plan, known = context.plan, _known(context)
    if known is None or not known.arn:
        return []
    key = kms.describe_key(context.aws, known.arn)
    if key is None or key.is_pending_deletion:
        return [Difference(f"KMS key {plan.key_alias}", "there", "gone" if key is None else "being deleted")]
    named = kms.describe_key(context.aws, plan.key_alias)
    tags = _tags(context, key)
    rows = [
        ("The key's tag", *whose_tag(plan, tags)),
        ("State of the key", "Enabled", key.state),
        (f"Alias {plan.key_alias}", key.arn, named.arn if named else "none"),
    ]
    if is_ours(plan, tags):
        rows += [
            ("Rotation of the key", "on", "on" if kms.rotates(context.aws, key.arn) else "off"),
            ("The key's policy", *rights(_policy(plan), kms.key_policy(context.aws, key.arn))),
        ]
    return differing(rows)
