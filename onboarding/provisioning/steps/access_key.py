"""An IAM user of this attempt has one access key, encrypted to every recipient, and no permissions yet.

The user exists before its key and gets its policy only after the sealed copies are committed, so a key that leaks or
is orphaned in between can do nothing. A key whose sealed copies were not committed cannot be recovered: its user is
deleted and another attempt begins.
"""

from dataclasses import replace

from onboarding.provisioning.context import (
    IAM_PATH,
    Context,
    CredentialRecord,
    Difference,
    Done,
    FenceLost,
    Owned,
    Plan,
    Refused,
    Waiting,
    is_ours,
)
from onboarding.provisioning.deletion import Removal, Removed, is_settling, remove_all, stranger
from onboarding.provisioning.differences import differing, whose_tag
from onboarding.provisioning.remediation import mend_key
from onboarding.spec.remediation import Mend, MendVerb
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.access_keys import AccessKeyInfo, access_key_ids
from portal.aws.iam.users import create_user, delete_user_completely, get_user

KIND = "IAM user"
BOUNDARY, KEYS = "The IAM user's permissions boundary", "The IAM user's access keys"


def title(plan: Plan) -> str:
    """Return what the step ensures, for people."""
    count = len(plan.recipients)
    people = "1 recipient" if count == 1 else f"{count} recipients"
    return f"An access key for the producer is made and sealed to {people}"


def apply(context: Context) -> Done:
    """Make the user and the key, seal it, and commit the sealed copies."""
    known, mended = context.ledger.credential(), []
    if known and known.state in {"ready", "in_use"}:
        mended = mend_key(context, known.user_name, known.access_key_id)
        if keys := _keys(context, known):
            return replace(_standing(context, known, keys), did="; ".join(mended))
    discard_newest(context)
    made = _mint(context)
    return replace(made, did="; ".join([*mended, made.did]))


def discard_newest(context: Context) -> None:
    """Forget the secret, and delete the newest credential's user with whatever keys it has.

    Raises FenceLost when the newest is of a later attempt: it belongs to the worker that took over, and may be in use.
    """
    context.vault.forget()
    if known := context.ledger.credential():
        if known.attempt > context.ledger.attempt:
            raise FenceLost(f"{known.user_name} is of a later attempt than {context.ledger.attempt}")
        delete_user_completely(context.aws, known.user_name)
        context.ledger.removed(KIND, known.user_name)
        context.ledger.discard_credential()


def _standing(context: Context, known: CredentialRecord, keys: list[str]) -> Done:
    if keys != [known.access_key_id]:
        raise Refused(
            f"The user {known.user_name} has keys that Sluice did not make: {', '.join(keys)}.",
            "Look on the integration's page whether it is still as it was left: Repair deletes the keys listed there. "
            "Or delete the keys you do not know in IAM, and try again. Sluice changed nothing about them.",
        )
    if not frozenset(recipient.fingerprint for recipient in context.plan.recipients) <= known.fingerprints:
        raise Refused(
            "The recipients differ from those to whom the living key was sealed, and its secret is kept nowhere.",
            "Keep the recipients as they were, or set up another integration for the new ones.",
        )
    return Done(found=f"key {known.access_key_id} of {known.user_name}, sealed earlier")


def _mint(context: Context) -> Done:
    plan = context.plan
    user_name = plan.user_name(context.ledger.attempt)
    context.ledger.begin_credential(user_name)
    user = create_user(context.aws, user_name, path=IAM_PATH, tags=plan.tags, boundary_arn=plan.boundary_arn)
    try:
        context.ledger.present(KIND, user_name, user.arn)
    except FenceLost:
        # Whoever took over looked for this user before it was there. From here on it would be found and deleted.
        delete_user_completely(context.aws, user_name)
        raise
    access_key_id, copies = context.vault.mint(context.aws, plan, user_name)
    context.ledger.seal_credential(access_key_id, copies)
    return Done(arn=user.arn, did=f"sealed key {access_key_id} to {len(copies)} recipients")


def _keys(context: Context, known: CredentialRecord) -> list[str]:
    try:
        return [key.id for key in access_key_ids(context.aws, known.user_name)]
    except AwsFault as fault:
        # Of a user that is gone IAM knows no path, so that the role's rights do not reach it.
        if fault.kind in {FaultKind.NOT_FOUND, FaultKind.DENIED} and get_user(context.aws, known.user_name) is None:
            return []
        raise


def undo(context: Context) -> Done | Waiting:
    """Hand the key out to nobody any more, and delete every user that was made for it, with its keys and rights."""
    context.vault.forget()
    context.ledger.revoke_credentials()
    return remove_all(context, KIND, _remove, needs_right=False)


def _remove(context: Context, owned: Owned) -> Removal:
    found = get_user(context.aws, owned.name)
    if found is None:
        if is_settling(owned):
            return Waiting(3, "IAM may not know everywhere yet a user that was asked for a moment ago; looking again.")
        return Removed(by_us=owned.is_going)
    if kept := stranger(context, found.tags):
        return kept
    context.ledger.removing(KIND, owned.name)
    try:
        delete_user_completely(context.aws, owned.name)
    except AwsFault as fault:
        # The answer was lost and the SDK asked again: of a user that is gone IAM knows no path, so it refuses.
        if fault.kind is not FaultKind.DENIED or get_user(context.aws, owned.name) is not None:
            raise
    return Removed()


def check(context: Context) -> list[Difference]:
    """Compare the IAM user and its keys with what was made; nothing is changed."""
    plan, known = context.plan, context.ledger.credential()
    if known is None:
        return []
    found = get_user(context.aws, known.user_name)
    if found is None:
        return [Difference(f"IAM user {known.user_name}", "there", "gone")]
    keys = access_key_ids(context.aws, known.user_name)
    there = ", ".join(sorted(f"{key.id} {key.status}" for key in keys)) or "none"
    rows = differing(
        [
            ("The IAM user's tag", *whose_tag(plan, found.tags)),
            (BOUNDARY, plan.boundary_arn, found.boundary_arn or "none"),
            (KEYS, f"{known.access_key_id} Active", there),
        ]
    )
    mends = _mends(context, known, keys) if is_ours(plan, found.tags) else {}
    return [replace(row, mends=mends.get(row.what, ())) for row in rows]


def _mends(context: Context, known: CredentialRecord, keys: list[AccessKeyInfo]) -> dict[str, tuple[Mend, ...]]:
    def mend(verb: MendVerb, name: str) -> Mend:
        return Mend(verb, known.user_name, name)

    surplus = [mend(MendVerb.DELETE_KEY, key.id) for key in keys if key.id != known.access_key_id]
    asleep = [key for key in keys if key.id == known.access_key_id and key.status != "Active"]
    return {
        BOUNDARY: (mend(MendVerb.SET_BOUNDARY, context.plan.boundary_arn),),
        KEYS: (*surplus, *(mend(MendVerb.ACTIVATE_KEY, key.id) for key in asleep)),
    }
