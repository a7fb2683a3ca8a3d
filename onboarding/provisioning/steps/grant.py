"""The producer's policy, and no other, is attached to the IAM user whose key is encrypted."""

from onboarding.provisioning.answers import Done, Refused, together
from onboarding.provisioning.context import Context
from onboarding.provisioning.differences import NONE, Difference, listed_policies, value_of
from onboarding.provisioning.plan import Plan, is_ours
from onboarding.provisioning.remediation import repair_policies
from onboarding.provisioning.steps import producer_policy
from onboarding.spec.remediation import Remediation, RemediationAction
from portal.aws.iam.managed_policies import is_quarantine
from portal.aws.iam.users import attach_user_policy, attached_policies, get_user, inline_policies
from portal.messages.message import Message


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    return Message("step.grant")


def apply(context: Context) -> Done:
    """Attach the policy; where it requires a VPC endpoint, allow one test without it first."""
    known = context.ledger.credential()
    if known is None or known.state == "intent":
        raise Refused(Message("refused.no_encrypted_key"))
    if known.state == "sealed":
        producer_policy.exempt(context, known.user_name)
    did = repair_policies(context, known.user_name)
    # A user that is not granted anything yet was created a moment ago, for this attempt.
    is_new = known.state == "sealed"
    attached = [] if is_new else attached_policies(context.aws, known.user_name)
    inline = [] if is_new else inline_policies(context.aws, known.user_name)
    wanted = context.plan.producer_policy_arn
    if quarantine := [arn for arn in attached if is_quarantine(arn)]:
        raise Refused(Message("refused.quarantined", user=known.user_name, policies=quarantine))
    _refuse_strangers(context, known.user_name, _surplus(context, known.user_name, attached, inline))
    if wanted not in attached:
        attach_user_policy(context.aws, known.user_name, wanted)
        did.append(Message("outcome.policy_attached"))
    return Done(arn=wanted, found=None if did else Message("outcome.policy_attached"), did=together(did))


def _surplus(context: Context, user_name: str, attached: list[str], inline: list[str]) -> list[Remediation]:
    more = [arn for arn in attached if arn != context.plan.producer_policy_arn and not is_quarantine(arn)]
    return [
        *(Remediation(RemediationAction.DETACH_POLICY, user_name, arn) for arn in more),
        *(Remediation(RemediationAction.DELETE_INLINE_POLICY, user_name, name) for name in inline),
    ]


def _refuse_strangers(context: Context, user_name: str, surplus: list[Remediation]) -> None:
    if strangers := [policy.name for policy in surplus if policy not in context.terms.accepted]:
        raise Refused(Message("refused.unknown_permissions", user=user_name, policies=strangers))


def check(context: Context) -> list[Difference]:
    """Compare the IAM user's policies with the one that was attached; change nothing."""
    known = context.ledger.credential()
    # The access key's own check reports a deleted user.
    user = get_user(context.aws, known.user_name) if known else None
    if known is None or user is None:
        return []
    attached = attached_policies(context.aws, known.user_name)
    inline = inline_policies(context.aws, known.user_name)
    wanted, resource = [context.plan.producer_policy_arn], Message("resource.user", name=known.user_name)
    quarantine = [arn for arn in attached if is_quarantine(arn)]
    found, more = [arn for arn in attached if arn not in quarantine], list[Difference]()
    if quarantine:
        # AWS: do not remove the policy, but follow its instructions, of which the first is that the key goes.
        revoke = Remediation(RemediationAction.REVOKE_KEY, known.user_name, known.access_key_id)
        what = Message("drift.quarantine", resource=resource)
        more = [Difference(what, NONE, listed_policies(quarantine, []), (revoke,))]
    if found == wanted and not inline:
        return more
    remediations = _surplus(context, known.user_name, found, inline) if is_ours(context.plan, user.tags) else []
    what = Message("drift.permissions", resource=resource)
    return [*more, Difference(what, value_of(", ".join(wanted)), listed_policies(found, inline), tuple(remediations))]
