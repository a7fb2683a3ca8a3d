"""Policies that someone added to a role of Sluice's, beside the one inline policy that the plan has for it."""

from onboarding.provisioning.context import Context
from onboarding.provisioning.differences import NONE, Difference, listed_policies
from onboarding.provisioning.plan import is_ours
from onboarding.spec.remediation import Remediation, RemediationAction
from portal.aws.iam.roles import Role, attached_role_policies, inline_role_policies
from portal.messages.message import Message


def added_policies(
    context: Context, role: Role, own_policy: str, resource: Message, *, may_remove: bool = True
) -> list[Difference]:
    """Return the difference of a role with policies beside its own one; change nothing.

    It can be repaired where Sluice may remove policies of such roles and the role is this integration's.
    """
    attached = attached_role_policies(context.aws, role.name)
    inline = [name for name in inline_role_policies(context.aws, role.name) if name != own_policy]
    if not attached and not inline:
        return []
    surplus = [
        *(Remediation(RemediationAction.DETACH_ROLE_POLICY, role.name, arn) for arn in attached),
        *(Remediation(RemediationAction.DELETE_ROLE_POLICY, role.name, name) for name in inline),
    ]
    remediations = tuple(surplus) if may_remove and is_ours(context.plan, role.tags) else ()
    what = Message("drift.role_policies", resource=resource)
    return [Difference(what, NONE, listed_policies(attached, inline), remediations)]
