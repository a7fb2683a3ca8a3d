"""What would repair the IAM user, and its execution once someone confirmed it: nothing that was not listed."""

from collections.abc import Iterable

from onboarding.provisioning.answers import Refused
from onboarding.provisioning.context import Context
from onboarding.provisioning.ledger_protocol import CredentialRecord
from onboarding.provisioning.plan import INTEGRATION_TAG, USER_KIND, is_ours
from onboarding.spec.remediation import Remediation, RemediationAction
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.access_keys import AccessKeyInfo, access_key_ids, delete_access_key, set_access_key_status
from portal.aws.iam.managed_policies import is_quarantine
from portal.aws.iam.users import (
    delete_inline_policy,
    delete_user_completely,
    detach_user_policy,
    get_user,
    put_user_boundary,
)
from portal.messages.message import Message

_OF_KEY = {RemediationAction.DELETE_KEY, RemediationAction.ACTIVATE_KEY, RemediationAction.SET_BOUNDARY}
_REVOKES = {RemediationAction.REVOKE_KEY}
_OF_POLICIES = {RemediationAction.DETACH_POLICY, RemediationAction.DELETE_INLINE_POLICY}


def repair_access_keys(context: Context, user_name: str, own_key: str) -> list[Message]:
    """Delete the listed access keys, restore the boundary, activate our key; return what was done.

    Raises Refused if the user is not this integration's any more, or the role may not set the boundary.
    """
    wanted = _wanted(context, user_name, _OF_KEY)
    user = get_user(context.aws, user_name) if wanted else None
    if user is None:
        return []
    _refuse_unless_ours(context, user_name, user.tags)
    status = {key.id: key.status for key in access_key_ids(context.aws, user_name)}
    did: list[Message] = []
    for repair in wanted:
        if repair.action is RemediationAction.DELETE_KEY and repair.name != own_key:
            delete_access_key(context.aws, user_name, repair.name)
            did.append(
                _deleted(repair.name) if repair.name in status else Message("outcome.access_key_gone", key=repair.name)
            )
        elif repair.action is RemediationAction.ACTIVATE_KEY and status.get(own_key) == "Inactive":
            set_access_key_status(context.aws, user_name, own_key, "Active")
            did.append(Message("outcome.access_key_activated", key=own_key))
        elif repair.action is RemediationAction.SET_BOUNDARY and user.boundary_arn != context.plan.user_boundary_arn:
            _set_boundary(context, user_name)
            did.append(Message("outcome.boundary_restored"))
    return did


def access_key_remediations(
    context: Context, known: CredentialRecord, keys: list[AccessKeyInfo]
) -> dict[str, tuple[Remediation, ...]]:
    """Return, by what differs, what would repair the user's boundary and its access keys."""

    def remediation(action: RemediationAction, name: str) -> Remediation:
        return Remediation(action, known.user_name, name)

    surplus = [remediation(RemediationAction.DELETE_KEY, key.id) for key in keys if key.id != known.access_key_id]
    asleep = [key for key in keys if key.id == known.access_key_id and key.status != "Active"]
    return {
        "drift.boundary": (remediation(RemediationAction.SET_BOUNDARY, context.plan.user_boundary_arn),),
        "drift.access_keys": (*surplus, *(remediation(RemediationAction.ACTIVATE_KEY, key.id) for key in asleep)),
    }


def revoke_access_keys(context: Context) -> list[str]:
    """Delete the users whose keys a person revoked, keys first, and end their downloads; return the keys' ids.

    Raises Refused if a user is not this integration's any more.
    """
    revoked = {repair.user: repair.name for repair in context.terms.remediations if repair.action in _REVOKES}
    for user_name in revoked:
        user = get_user(context.aws, user_name)
        if user is not None:
            _refuse_unless_ours(context, user_name, user.tags)
            delete_user_completely(context.aws, user_name)
        context.ledger.removed(USER_KIND, user_name)
    if revoked:
        context.ledger.revoke_credentials(revoked)
    return sorted(revoked.values())


def repair_policies(context: Context, user_name: str) -> list[Message]:
    """Detach and delete the listed policies; return what was done. Raises Refused as `repair_access_keys` does."""
    wanted = _wanted(context, user_name, _OF_POLICIES)
    user = get_user(context.aws, user_name) if wanted else None
    if user is None:
        return []
    _refuse_unless_ours(context, user_name, user.tags)
    did: list[Message] = []
    for repair in wanted:
        if is_quarantine(repair.name):  # of a finding from before it was one of its own
            continue
        if repair.action is RemediationAction.DETACH_POLICY and repair.name != context.plan.producer_policy_arn:
            detach_user_policy(context.aws, user_name, repair.name)
            did.append(Message("outcome.policy_detached", policy=repair.name))
        elif repair.action is RemediationAction.DELETE_INLINE_POLICY:
            delete_inline_policy(context.aws, user_name, repair.name)
            did.append(Message("outcome.inline_policy_deleted", policy=repair.name))
    return did


def _deleted(key_id: str) -> Message:
    return Message("outcome.access_key_deleted", key=key_id)


def _wanted(context: Context, user_name: str, actions: Iterable[RemediationAction]) -> list[Remediation]:
    # Keys first: anyone who holds one can write until it is deleted.
    agreed = context.terms.remediations - context.terms.accepted
    order = list(RemediationAction)
    mine = [repair for repair in agreed if repair.user == user_name and repair.action in actions]
    return sorted(mine, key=lambda repair: (order.index(repair.action), repair.name))


def _refuse_unless_ours(context: Context, user_name: str, tags: dict[str, str]) -> None:
    if not is_ours(context.plan, tags):
        raise Refused(
            Message("refused.user_tag_removed", user=user_name, tag=INTEGRATION_TAG, owner=context.plan.integration_uid)
        )


def _set_boundary(context: Context, user_name: str) -> None:
    arn = context.plan.user_boundary_arn
    try:
        put_user_boundary(context.aws, user_name, arn)
    except AwsFault as fault:
        if fault.kind is not FaultKind.DENIED:
            raise
        raise Refused(Message("refused.boundary_not_allowed", user=user_name, arn=arn), str(fault)) from fault
