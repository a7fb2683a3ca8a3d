"""A policy that allows putting records into this stream, and nothing else, exists and is ours."""

from onboarding.provisioning.context import IAM_PATH, Context, Difference, Done, Owned, Plan, Waiting, is_ours, not_ours
from onboarding.provisioning.deletion import Removal, Removed, remove_all, stranger
from onboarding.provisioning.differences import differing, rights, whose_tag
from portal.aws.iam.managed_policies import create_policy, delete_policy, get_policy, new_policy_version
from portal.aws.policies.statements import Document

KIND = "IAM policy"


def title(plan: Plan) -> str:
    """Return what the step ensures, for people."""
    through = plan.spec.stream.endpoint.demanded
    how = f" through {through}" if through else ""
    return f"Policy {plan.producer_policy_name} allows putting records{how}, nothing else"


def apply(context: Context) -> Done:
    """Create the policy, or give it a new version where its document differs."""
    plan = context.plan
    document = plan.producer_policy()
    found = get_policy(context.aws, plan.producer_policy_arn)
    if found is None:
        context.ledger.intend(KIND, plan.producer_policy_name)
        arn = create_policy(context.aws, plan.producer_policy_name, path=IAM_PATH, document=document, tags=plan.tags)
        return _present(context, arn, did="created")
    if not is_ours(plan, found.tags):
        raise not_ours(f"A policy named {found.name}", found.tags)
    if found.document == document:
        return _present(context, found.arn, found="as wanted")
    new_policy_version(context.aws, found.arn, document)
    return _present(context, found.arn, did="gave it a new version")


def _present(context: Context, arn: str, *, found: str = "", did: str = "") -> Done:
    context.ledger.present(KIND, context.plan.producer_policy_name, arn)
    return Done(arn=arn, found=found, did=did)


def exempt(context: Context, user_name: str) -> bool:
    """Let a user whose key is still to be proved put a record without the VPC endpoint that the policy demands.

    Sluice is not in that VPC. The user is of one attempt alone, and only the sealing process has its key: what a worker
    that was asleep writes here allows nothing to anybody else, and nothing at all once its user is deleted.
    """
    return _bring(context, context.plan.producer_policy(user_name))


def exempt_nobody(context: Context) -> bool:
    """Take the exemption back, before the key is handed out."""
    return _bring(context, context.plan.producer_policy())


def _bring(context: Context, document: Document) -> bool:
    plan = context.plan
    if plan.spec.stream.endpoint.demanded is None:
        return False
    found = get_policy(context.aws, plan.producer_policy_arn)
    if found is None or found.document == document:
        return False
    new_policy_version(context.aws, found.arn, document)
    return True


def undo(context: Context) -> Done | Waiting:
    """Delete the policy with all its versions; the IAM user that it was attached to is gone by then."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    arn = owned.arn or context.plan.producer_policy_arn
    found = get_policy(context.aws, arn)
    if found is None:
        return Removed(by_us=owned.is_going)
    if kept := stranger(context, found.tags):
        return kept
    context.ledger.removing(KIND, owned.name)
    delete_policy(context.aws, arn)
    return Removed()


def check(context: Context) -> list[Difference]:
    """Compare the policy with what is wanted; nothing is changed."""
    plan = context.plan
    found = get_policy(context.aws, plan.producer_policy_arn)
    if found is None:
        return [Difference(f"Policy {plan.producer_policy_name}", "there", "gone")]
    wanted = plan.producer_policy()
    return differing(
        [
            ("The producer policy's tag", *whose_tag(plan, found.tags)),
            ("Rights of the producer's policy", *rights(wanted, found.document)),
        ]
    )
