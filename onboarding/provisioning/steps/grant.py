"""The producer's policy, and no other, is attached to the IAM user whose key has been encrypted."""

from onboarding.provisioning.context import Context, Difference, Done, Plan, Refused, is_ours
from onboarding.provisioning.remediation import mend_rights
from onboarding.provisioning.steps import producer_policy
from onboarding.spec.remediation import Mend, MendVerb
from portal.aws.iam.users import attach_user_policy, attached_policies, get_user, inline_policies


def title(plan: Plan) -> str:
    """Return what the step ensures, for people."""
    return "The IAM user may put records, now that its key is sealed"


def apply(context: Context) -> Done:
    """Attach the policy; where it demands a VPC endpoint, let the key be tried without it first."""
    known = context.ledger.credential()
    if known is None or known.state == "intent":
        raise Refused("There is no sealed key to give rights to.", "Try again; Sluice makes a new key.")
    if known.state == "sealed":
        producer_policy.exempt(context, known.user_name)
    mended = mend_rights(context, known.user_name)
    attached = attached_policies(context.aws, known.user_name)
    wanted = context.plan.producer_policy_arn
    # A user of a moment ago has no rights that anybody could have added.
    inline = [] if known.state == "sealed" else inline_policies(context.aws, known.user_name)
    _refuse_strangers(context, known.user_name, _surplus(context, known.user_name, attached, inline))
    if wanted not in attached:
        attach_user_policy(context.aws, known.user_name, wanted)
        mended.append("attached")
    return Done(arn=wanted, found="" if mended else "attached", did="; ".join(mended))


def _surplus(context: Context, user_name: str, attached: list[str], inline: list[str]) -> list[Mend]:
    more = [arn for arn in attached if arn != context.plan.producer_policy_arn]
    return [
        *(Mend(MendVerb.DETACH_POLICY, user_name, arn) for arn in more),
        *(Mend(MendVerb.DELETE_INLINE_POLICY, user_name, name) for name in inline),
    ]


def _refuse_strangers(context: Context, user_name: str, surplus: list[Mend]) -> None:
    if strangers := [one.name for one in surplus if one not in context.terms.accepted]:
        raise Refused(
            f"Somebody gave more rights to {user_name}: {', '.join(strangers)}.",
            "Look on the integration's page whether it is still as it was left: Repair removes what is listed there, "
            "Accept takes it as it is. The key is meant to put records and nothing else.",
        )


def check(context: Context) -> list[Difference]:
    """Compare the IAM user's rights with the one policy that it was given; nothing is changed."""
    known = context.ledger.credential()
    # That the user is gone is said by the access key's own check.
    user = get_user(context.aws, known.user_name) if known else None
    if known is None or user is None:
        return []
    attached = attached_policies(context.aws, known.user_name)
    inline = inline_policies(context.aws, known.user_name)
    found = sorted([*attached, *(f"inline policy {name}" for name in inline)])
    wanted = [context.plan.producer_policy_arn]
    if found == wanted:
        return []
    mends = _surplus(context, known.user_name, attached, inline) if is_ours(context.plan, user.tags) else []
    return [Difference("The IAM user's rights", ", ".join(wanted), ", ".join(found) or "none", tuple(mends))]
