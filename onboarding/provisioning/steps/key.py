"""A KMS key for the stream exists, is ours, rotates every year, and is administered by the account.

Each CreateKey creates another key. So it is called once, after the intent is committed, and a key whose answer was lost
is found again: by its alias, or by its description. It is created without tags, which are added right after: a right to
tag a key that has none yet would be a right over every key of the account. The key's own policy gives Sluice's role its
rights, and nothing else does.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from onboarding.provisioning import lost_keys
from onboarding.provisioning.answers import Done, Refused, Waiting, not_ours, together
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import is_settling
from onboarding.provisioning.differences import (
    BEING_DELETED,
    DELETED,
    EXISTS,
    OFF,
    ON,
    Difference,
    compare_documents,
    compare_tags,
    differing,
    value_of,
)
from onboarding.provisioning.ledger_protocol import FenceLost, Owned
from onboarding.provisioning.plan import INTEGRATION_TAG, KEY_KIND, Plan, is_ours
from onboarding.provisioning.polling import KEY_RIGHTS
from onboarding.provisioning.share_statements import key_policy_with_shares
from portal.aws import kms
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.kms import Key
from portal.messages.message import Message

KIND = KEY_KIND
# The note in the ledger that the key has had its tags.
TAGGED = "key_tagged"
# https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html#programming-eventual-consistency: most
# changes are known everywhere within seconds, some only after minutes.
UNKNOWN_FOR = timedelta(minutes=5)


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    return Message("step.key", alias=plan.key_alias)


def apply(context: Context) -> Done | Waiting:
    """Find the key or create it, then set its tags, alias, rotation and policy."""
    try:
        return _ensured(context, _known(context))
    except AwsFault as fault:
        if waiting := rights_pending(fault, _known(context)):
            return waiting
        raise


def rights_pending(fault: AwsFault, known: Owned | None) -> Waiting | None:
    """Return the wait for the rights that a key's policy gives to the role, or None if the fault is another.

    The ledger has the key's ARN, so the key is ours, whatever the role may see of it. A new key, or a new policy, is
    known everywhere within seconds to minutes.
    """
    if fault.kind is not FaultKind.DENIED or known is None or not known.arn:
        return None
    return Waiting(KEY_RIGHTS, Message("waiting.kms_key_rights", arn=known.arn), str(fault))


def _ensured(context: Context, known: Owned | None) -> Done | Waiting:
    key = _found(context, known)
    if isinstance(key, Waiting):
        return key
    if key is None:
        if known is not None and (is_settling(known) or _may_be_unknown(known)):
            return Waiting(2, Message("waiting.kms_key_not_listed"))
        return _configured(context, _created(context, known), {}, [Message("outcome.created")])
    context.ledger.present(KIND, context.plan.key_alias, key.arn)
    return _configured(context, key, _own_tags(context, key), [])


def _may_be_unknown(known: Owned) -> bool:
    # CreateKey answered, and DescribeKey does not know the key yet. A second one must not be created for that.
    return bool(known.arn) and datetime.now(UTC) - known.intended_at < UNKNOWN_FOR


def _created(context: Context, known: Owned | None) -> Key:
    plan = context.plan
    context.ledger.intend(KIND, plan.key_alias, **{lost_keys.UNANSWERED: bool(known and not known.arn)})
    key = kms.create_key(context.aws, description=plan.key_description, policy=plan.key_policy)
    try:
        context.ledger.present(KIND, plan.key_alias, key.arn)
    except FenceLost:
        _discard(context, key)
        raise
    return key


def _discard(context: Context, key: Key) -> None:
    # This worker was paused between its intent and its call, and the run's new owner created a key of its own. Only if
    # that one has none yet can it find this one by its description; then it stays, for that worker or for the removal.
    known = _known(context)
    if known is not None and known.arn in {"", key.arn}:
        return
    with suppress(AwsFault):
        kms.schedule_deletion(context.aws, key.arn)


def _known(context: Context) -> Owned | None:
    rows = context.ledger.inventory(KIND)
    return next((owned for owned in rows if owned.name == context.plan.key_alias), None)


def _found(context: Context, known: Owned | None) -> Key | Waiting | None:
    key = kms.describe_key(context.aws, (known and known.arn) or context.plan.key_alias)
    if key is None:
        # Perhaps created, but not seen since: its answer was lost before its ARN or its alias was committed.
        return _searched(context) if known and not known.arn else None
    if not (known and known.arn) and not is_own(context, key, tags := tags_of_unknown(context, key)):
        raise not_ours(Message("resource.kms_key", name=context.plan.key_alias), tags)
    if key.is_pending_deletion or not key.enabled:
        raise Refused(Message("refused.kms_key_state", state=key.state, arn=key.arn))
    return key


def _searched(context: Context) -> Key | Waiting | None:
    found = lost_keys.lost_keys(context)
    if isinstance(found, Waiting):
        return found
    return kms.describe_key(context.aws, min(found)) if found else None


def is_own(context: Context, key: Key, tags: dict[str, str]) -> bool:
    """Return whether a key is this integration's: by its tag, or before it has one by its description.

    A key that lost its tag after Sluice had added it is not: its owner took it away.
    """
    if INTEGRATION_TAG in tags or context.ledger.notes(KIND, context.plan.key_alias).get(TAGGED):
        return is_ours(context.plan, tags)
    return key.description == context.plan.key_description


def _own_tags(context: Context, key: Key) -> dict[str, str]:
    tags = kms.key_tags(context.aws, key.arn)
    if not is_own(context, key, tags):
        raise not_ours(Message("resource.kms_key", name=context.plan.key_alias), tags)
    return tags


def tags_of_unknown(context: Context, key: Key) -> dict[str, str]:
    """Return the tags of a key that may not be ours: none where the role may not read them."""
    try:
        return kms.key_tags(context.aws, key.arn)
    except AwsFault as fault:
        if fault.kind is FaultKind.DENIED:
            return {}
        raise


def _configured(context: Context, key: Key, tags: dict[str, str], did: list[Message]) -> Done:
    aws, plan = context.aws, context.plan
    if not is_ours(plan, tags):
        kms.tag_key(aws, key.arn, plan.tags)
        did.append(Message("outcome.tagged"))
    context.ledger.note(KIND, plan.key_alias, **{TAGGED: True})
    named = kms.describe_key(aws, plan.key_alias)
    if named is None:
        kms.create_alias(aws, plan.key_alias, key.arn)
        did.append(Message("outcome.alias_created"))
    elif named.arn != key.arn:
        raise not_ours(Message("resource.kms_key", name=plan.key_alias), tags_of_unknown(context, named))
    if not kms.rotates(aws, key.arn):
        kms.enable_rotation(aws, key.arn)
        did.append(Message("outcome.rotation_enabled"))
    found = kms.key_policy(aws, key.arn)
    if found != (wanted := key_policy_with_shares(plan, found)):
        kms.put_key_policy(aws, key.arn, wanted)
        did.append(Message("outcome.key_policy_set"))
    return Done(arn=key.arn, found=None if did else Message("outcome.as_specified"), did=together(did))


def check(context: Context) -> list[Difference]:
    """Compare the key with the plan; change nothing."""
    plan, known = context.plan, _known(context)
    if known is None or not known.arn:
        return []
    key, resource = kms.describe_key(context.aws, known.arn), Message("resource.kms_key", name=plan.key_alias)
    if key is None or key.is_pending_deletion:
        return [Difference(resource, EXISTS, DELETED if key is None else BEING_DELETED)]
    named, tags = kms.describe_key(context.aws, plan.key_alias), kms.key_tags(context.aws, key.arn)
    rows = [
        (Message("drift.tag", resource=resource), *compare_tags(plan, tags)),
        (Message("drift.status", resource=resource), value_of("Enabled"), value_of(key.state)),
        (Message("drift.alias", name=plan.key_alias), value_of(key.arn), value_of(named and named.arn)),
    ]
    if is_ours(plan, tags):
        rotation, policy = ON if kms.rotates(context.aws, key.arn) else OFF, kms.key_policy(context.aws, key.arn)
        rows.append((Message("drift.rotation", resource=resource), ON, rotation))
        wanted = key_policy_with_shares(plan, policy)
        rows.append((Message("drift.policy", resource=resource), *compare_documents(wanted, policy)))
    return differing(rows)
