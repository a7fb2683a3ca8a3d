"""The repair of a role once someone confirmed it: only policies that were added and listed are removed."""

from onboarding.provisioning.answers import not_ours
from onboarding.provisioning.context import Context
from onboarding.provisioning.plan import is_ours
from onboarding.spec.remediation import Remediation, RemediationAction
from portal.aws.iam.roles import delete_role_policy, detach_role_policy, get_role
from portal.messages.message import Message

_OF_ROLE = {RemediationAction.DETACH_ROLE_POLICY, RemediationAction.DELETE_ROLE_POLICY}


def repair_role_policies(context: Context, role_name: str) -> list[Message]:
    """Detach and delete the listed policies of a role; return what was done. Raises Refused
    if the role is not this integration's any more."""
    wanted = _wanted(context, role_name)
    role = get_role(context.aws, role_name) if wanted else None
    if role is None:
        return []
    if not is_ours(context.plan, role.tags):
        raise not_ours(Message("resource.role", name=role_name), role.tags)
    did: list[Message] = []
    for repair in wanted:
        if repair.action is RemediationAction.DETACH_ROLE_POLICY:
            detach_role_policy(context.aws, role_name, repair.name)
            did.append(Message("outcome.policy_detached", policy=repair.name))
        else:
            delete_role_policy(context.aws, role_name, repair.name)
            did.append(Message("outcome.inline_policy_deleted", policy=repair.name))
    return did


def _wanted(context: Context, role_name: str) -> list[Remediation]:
    agreed = context.terms.remediations - context.terms.accepted
    return sorted(repair for repair in agreed if repair.user == role_name and repair.action in _OF_ROLE)
