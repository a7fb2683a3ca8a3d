"""The producer's policy, and no other, is attached to the IAM user whose key has been sealed."""

from onboarding.provisioning.context import Context, Difference, Done, Plan, Refused
from portal.aws import iam


def title(plan: Plan) -> str:
    """Return what the step ensures, for people."""
    return "The IAM user may put records, now that its key is sealed"


def apply(context: Context) -> Done:
    """Attach the policy."""
    known = context.ledger.credential()
    if known is None or known.state == "intent":
        raise Refused("There is no sealed key to give rights to.", "Try again; Sluice makes a new key.")
    attached = iam.attached_policies(context.aws, known.user_name)
    wanted = context.plan.producer_policy_arn
    if attached == [wanted]:
        return Done(arn=wanted, found="attached")
    if strangers := [arn for arn in attached if arn != wanted]:
        raise Refused(
            f"Somebody attached more rights to {known.user_name}: {', '.join(strangers)}.",
            "Detach them in IAM and try again; the key must be able to put records and nothing else.",
        )
    iam.attach_user_policy(context.aws, known.user_name, wanted)
    return Done(arn=wanted, did="attached")


def check(context: Context) -> list[Difference]:
    """Compare the IAM user's rights with the one policy that it was given; nothing is changed."""
    known = context.ledger.credential()
    # That the user is gone is said by the access key's own check.
    if known is None or iam.get_user(context.aws, known.user_name) is None:
        return []
    attached = iam.attached_policies(context.aws, known.user_name)
    inline = iam.inline_policies(context.aws, known.user_name)
    found = sorted([*attached, *(f"inline policy {name}" for name in inline)])
    wanted = [context.plan.producer_policy_arn]
    if found == wanted:
        return []
    return [Difference("The IAM user's rights", ", ".join(wanted), ", ".join(found) or "none")]
