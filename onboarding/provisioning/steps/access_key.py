"""An IAM user of this attempt has one access key, encrypted to every recipient, and no permissions yet.

The user exists before its key and gets its policy only after the encrypted copies are committed, so a key that leaks or
is orphaned in between can do nothing. A key whose encrypted copies were not committed cannot be recovered: its user is
deleted and another attempt begins.
"""

from dataclasses import replace

from onboarding.provisioning.answers import Done, Refused, Waiting, together
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Removal, Removed, delete_identity, is_settling, remove_all
from onboarding.provisioning.differences import DELETED, EXISTS, Difference, compare_tags, differing, value_of
from onboarding.provisioning.ledger_protocol import PROVED, CredentialRecord, FenceLost, Owned
from onboarding.provisioning.plan import IAM_PATH, USER_KIND, Plan, is_ours
from onboarding.provisioning.remediation import access_key_remediations, repair_access_keys
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.access_keys import access_key_ids
from portal.aws.iam.users import User, create_user, delete_user_completely, get_user
from portal.messages.message import Message

KIND = USER_KIND


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    return Message("step.access_key", recipient_count=len(plan.recipients))


def apply(context: Context) -> Done | Waiting:
    """Create the user and the key, encrypt it, and commit the encrypted copies."""
    known, did = context.ledger.credential(), []
    if known and known.state not in PROVED and not _waits_for_iam(context, known):
        discard_newest(context)
        # Behind an attempt that a rotation could not discard is the key that it was to replace.
        known = context.ledger.credential()
    if known and known.state in PROVED:
        did = repair_access_keys(context, known.user_name, known.access_key_id)
        if keys := _keys(context, known):
            return replace(_existing(context, known, keys), did=together(did))
    if known and _waits_for_iam(context, known):
        return _with_key(context, known.user_name, did)
    discard_newest(context)
    if seconds := context.vault.wait_for_place():
        return Waiting(seconds, Message("waiting.place_for_access_key"), has_begun=False)
    return _mint(context, did)


def _waits_for_iam(context: Context, known: CredentialRecord) -> bool:
    # Only a denial of CreateAccessKey leaves the vault holding without a key. Another user would be as new to IAM.
    return known.state == "intent" and known.attempt == context.ledger.attempt and context.vault.is_holding


def discard_newest(context: Context) -> None:
    """Forget the secret, and delete the newest credential's user with whatever keys it has.

    Raises FenceLost when the newest is of a later attempt: it belongs to the worker that claimed the run since, and may
    be in use.
    """
    context.vault.forget()
    if known := context.ledger.credential():
        if known.attempt > context.ledger.attempt:
            raise FenceLost(f"{known.user_name} is of a later attempt than {context.ledger.attempt}")
        delete_user_completely(context.aws, known.user_name)
        context.ledger.removed(KIND, known.user_name)
        context.ledger.discard_credential()


def _existing(context: Context, known: CredentialRecord, keys: list[str]) -> Done:
    if keys != [known.access_key_id]:
        raise Refused(
            Message("refused.unknown_access_keys", user=known.user_name, keys=keys),
        )
    # The vendor replaces its own key without the client: the copies that it has stay as they are.
    clients = frozenset(recipient.fingerprint for recipient in context.plan.recipients if not recipient.is_vendor)
    if not clients <= known.fingerprints:
        raise Refused(Message("refused.recipients_changed"))
    return Done(found=Message("outcome.key_encrypted_before", key=known.access_key_id, user=known.user_name))


def _mint(context: Context, did: list[Message]) -> Done:
    plan = context.plan
    if plan.cannot_encrypt is not None:
        raise Refused(plan.cannot_encrypt)
    user_name = plan.user_name(context.ledger.attempt)
    context.ledger.begin_credential(user_name)
    user = create_user(context.aws, user_name, path=IAM_PATH, tags=plan.tags, boundary_arn=plan.user_boundary_arn)
    try:
        context.ledger.present(KIND, user_name, user.arn)
    except FenceLost:
        # The run's new owner looked for this user before it existed, so only this worker can delete it.
        delete_user_completely(context.aws, user_name)
        raise
    return _with_key(context, user_name, did)


def _with_key(context: Context, user_name: str, did: list[Message]) -> Done:
    access_key_id, copies = context.vault.mint(context.aws, context.plan, user_name)
    context.ledger.seal_credential(access_key_id, copies)
    encrypted = Message("outcome.key_encrypted", key=access_key_id, recipient_count=len(copies))
    return Done(arn=context.plan.user_arn(user_name), did=together([*did, encrypted]))


def _keys(context: Context, known: CredentialRecord) -> list[str]:
    try:
        return [key.id for key in access_key_ids(context.aws, known.user_name)]
    except AwsFault as fault:
        # IAM knows no path of a deleted user, so the role's permissions do not cover it.
        if fault.kind in {FaultKind.NOT_FOUND, FaultKind.DENIED} and get_user(context.aws, known.user_name) is None:
            return []
        raise


def undo(context: Context) -> Done | Waiting:
    """Stop downloads of the key, and delete every user that was created for it, with its keys and permissions."""
    context.vault.forget()
    context.ledger.revoke_credentials()
    return remove_all(context, KIND, _remove, needs_permission=False)


def _remove(context: Context, owned: Owned) -> Removal:
    found = get_user(context.aws, owned.name)
    if found is None:
        if is_settling(owned):
            return Waiting(3, Message("waiting.user_not_listed"))
        return Removed(by_us=owned.is_going)
    return delete_identity(context, owned, found.tags, delete=delete_user_completely, get=get_user)


def check(context: Context) -> list[Difference]:
    """Compare the IAM user and its keys with what was created; change nothing."""
    plan, known = context.plan, context.ledger.credential()
    if known is None:
        return []
    found = get_user(context.aws, known.user_name)
    if found is None:
        return [Difference(Message("resource.user", name=known.user_name), EXISTS, DELETED)]
    keys = access_key_ids(context.aws, known.user_name)
    there = ", ".join(sorted(f"{key.id} {key.status}" for key in keys))
    user = Message("resource.user", name=known.user_name)
    rows = _unused(known) + differing(
        [
            (Message("drift.tag", resource=user), *compare_tags(plan, found.tags)),
            (Message("drift.boundary", resource=user), *_compared_boundary(plan, found)),
            (Message("drift.access_keys", resource=user), value_of(f"{known.access_key_id} Active"), value_of(there)),
        ]
    )
    remediations = access_key_remediations(context, known, keys) if is_ours(plan, found.tags) else {}
    return [replace(row, remediations=remediations.get(row.what.code, ())) for row in rows]


def _unused(known: CredentialRecord) -> list[Difference]:
    if known.unused_days is None:
        return []
    what = Message("drift.key_unused", key=known.access_key_id)
    return [Difference(what, Message("drift.in_use"), Message("drift.unused", days=known.unused_days // 7 * 7))]


def _compared_boundary(plan: Plan, found: User) -> tuple[Message, Message]:
    # Users that were created before producers had a boundary of their own keep the other one.
    is_earlier = found.boundary_arn == plan.boundary_arn
    return value_of(found.boundary_arn if is_earlier else plan.user_boundary_arn), value_of(found.boundary_arn)
