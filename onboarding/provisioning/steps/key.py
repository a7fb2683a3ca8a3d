"""A KMS key for the stream exists, is ours, rotates every year, and is administered by the account.

Each CreateKey creates another key. So it is called once, after the intent is committed, and a key whose answer was lost
is found again: by its alias, or by its tag.
"""

from contextlib import suppress

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
from portal.aws import kms
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.kms import Key
from portal.aws.policies.keys import stream_key_policy
from portal.aws.policies.statements import Document
from portal.messages.message import Message

KIND = KEY_KIND


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    return Message("step.key", alias=plan.key_alias)


def apply(context: Context) -> Done | Waiting:
    """Find the key or create it, then set its alias, rotation and policy."""
    known = _known(context)
    key = _found(context, known)
    if key is None:
        if known is not None and is_settling(known):
            return Waiting(2, Message("waiting.kms_key_not_listed"))
        return _configured(context, _created(context), [Message("outcome.created")])
    context.ledger.present(KIND, context.plan.key_alias, key.arn)
    return _configured(context, key, [])


def _created(context: Context) -> Key:
    plan = context.plan
    context.ledger.intend(KIND, plan.key_alias)
    key = kms.create_key(
        context.aws,
        description=f"Data stream {plan.spec.stream.name}. Created by Sluice; you own it.",
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
    # This worker was paused between its intent and its call, and the run's new owner created a key of its own. Only if
    # that one has none yet can it find this one by its tag; then it stays, for that worker or for the removal.
    known = _known(context)
    if known is not None and known.arn in {"", key.arn}:
        return
    with suppress(AwsFault):
        kms.schedule_deletion(context.aws, key.arn)


def _known(context: Context) -> Owned | None:
    rows = context.ledger.inventory(KIND)
    return next((owned for owned in rows if owned.name == context.plan.key_alias), None)


def _found(context: Context, known: Owned | None) -> Key | None:
    key = kms.describe_key(context.aws, (known and known.arn) or context.plan.key_alias)
    if key is None:
        # Perhaps created, but not seen since: its answer was lost before its ARN or its alias was committed.
        mine = kms.keys_tagged(context.aws, INTEGRATION_TAG, context.plan.integration_uid) if known else []
        return min(mine, key=lambda key: key.arn, default=None)
    if not is_ours(context.plan, tags := tags_of(context, key, is_known=bool(known and known.arn))):
        raise not_ours(Message("resource.kms_key", name=context.plan.key_alias), tags)
    if key.is_pending_deletion or not key.enabled:
        raise Refused(Message("refused.kms_key_state", state=key.state, arn=key.arn))
    return key


def tags_of(context: Context, key: Key, *, is_known: bool = False) -> dict[str, str]:
    """Return a key's tags; of a key that is not known to be ours, none if the role may not read them."""
    try:
        return kms.key_tags(context.aws, key.arn)
    except AwsFault as fault:
        # The role may read tags only of keys that Sluice created; for one of those, a denial is a denial.
        if fault.kind is FaultKind.DENIED and not is_known:
            return {}
        raise


def _configured(context: Context, key: Key, did: list[Message]) -> Done:
    aws, plan = context.aws, context.plan
    named = kms.describe_key(aws, plan.key_alias)
    if named is None:
        kms.create_alias(aws, plan.key_alias, key.arn)
        did.append(Message("outcome.alias_created"))
    elif named.arn != key.arn:
        raise not_ours(Message("resource.kms_key", name=plan.key_alias), tags_of(context, named))
    if not kms.rotates(aws, key.arn):
        kms.enable_rotation(aws, key.arn)
        did.append(Message("outcome.rotation_enabled"))
    if kms.key_policy(aws, key.arn) != _policy(plan):
        kms.put_key_policy(aws, key.arn, _policy(plan))
        did.append(Message("outcome.key_policy_set"))
    return Done(arn=key.arn, found=None if did else Message("outcome.as_specified"), did=together(did))


def _policy(plan: Plan) -> Document:
    return stream_key_policy(plan.account_id, plan.portal_role_arn, plan.spec.stream.region, plan.partition)


def check(context: Context) -> list[Difference]:
    """Compare the key with the plan; change nothing."""
    plan, known = context.plan, _known(context)
    if known is None or not known.arn:
        return []
    key, resource = kms.describe_key(context.aws, known.arn), Message("resource.kms_key", name=plan.key_alias)
    if key is None or key.is_pending_deletion:
        return [Difference(resource, EXISTS, DELETED if key is None else BEING_DELETED)]
    named, tags = kms.describe_key(context.aws, plan.key_alias), tags_of(context, key)
    rows = [
        (Message("drift.tag", resource=resource), *compare_tags(plan, tags)),
        (Message("drift.status", resource=resource), value_of("Enabled"), value_of(key.state)),
        (Message("drift.alias", name=plan.key_alias), value_of(key.arn), value_of(named and named.arn)),
    ]
    if is_ours(plan, tags):
        rotation, policy = ON if kms.rotates(context.aws, key.arn) else OFF, kms.key_policy(context.aws, key.arn)
        rows.append((Message("drift.rotation", resource=resource), ON, rotation))
        rows.append((Message("drift.policy", resource=resource), *compare_documents(_policy(plan), policy)))
    return differing(rows)
