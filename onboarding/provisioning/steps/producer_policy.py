"""A policy that allows putting records into this stream, and nothing else, exists and is ours."""

from onboarding.provisioning.answers import Done, Waiting, not_ours
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Removal, Removed, remove_all, stranger
from onboarding.provisioning.differences import (
    DELETED,
    EXISTS,
    Difference,
    compare_tags,
    differing,
)
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import IAM_PATH, Plan, is_ours
from onboarding.provisioning.steps.producer_networks import compare_permissions, note_networks
from portal.aws.iam.managed_policies import create_policy, delete_policy, get_policy, new_policy_version
from portal.aws.policies.statements import Document
from portal.messages.message import Message

KIND = "IAM policy"


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    name, endpoint = plan.producer_policy_name, plan.spec.stream.endpoint.demanded
    if endpoint:
        return Message("step.producer_policy_endpoint", name=name, endpoint=endpoint)
    return Message("step.producer_policy", name=name)


def apply(context: Context) -> Done:
    """Create the policy, or a new version of it if its document differs."""
    plan = context.plan
    document = plan.producer_policy()
    found = get_policy(context.aws, plan.producer_policy_arn)
    if found is None:
        context.ledger.intend(KIND, plan.producer_policy_name)
        arn = create_policy(context.aws, plan.producer_policy_name, path=IAM_PATH, document=document, tags=plan.tags)
        return _present(context, arn, did=Message("outcome.created"))
    if not is_ours(plan, found.tags):
        raise not_ours(Message("resource.policy", name=found.name), found.tags)
    if found.document == document:
        return _present(context, found.arn, found=Message("outcome.as_specified"))
    new_policy_version(context.aws, found.arn, document)
    return _present(context, found.arn, did=Message("outcome.policy_version_created"))


def _present(context: Context, arn: str, *, found: Message | None = None, did: Message | None = None) -> Done:
    context.ledger.present(KIND, context.plan.producer_policy_name, arn)
    note_networks(context, KIND, context.plan.producer_policy_name)
    return Done(arn=arn, found=found, did=did)


def exempt(context: Context, user_name: str) -> bool:
    """Allow a user whose key is not proved yet to put a record from elsewhere than the policy requires.

    Sluice is neither in that VPC nor in the vendor's networks. The user belongs to one attempt, and only the sealing
    process has its key: what a paused worker writes here gives no one else access, and none at all once its user is
    deleted.
    """
    return _set_document(context, context.plan.producer_policy(user_name))


def remove_exemption(context: Context) -> bool:
    """Remove the exemption, before the key can be downloaded."""
    return _set_document(context, context.plan.producer_policy())


def _set_document(context: Context, document: Document) -> bool:
    plan = context.plan
    if not plan.origin.is_restricted:
        return False
    found = get_policy(context.aws, plan.producer_policy_arn)
    if found is None or found.document == document:
        return False
    new_policy_version(context.aws, found.arn, document)
    return True


def undo(context: Context) -> Done | Waiting:
    """Delete the policy with all its versions; the IAM user that it was attached to is deleted by then."""
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
    """Compare the policy with the plan; change nothing."""
    plan = context.plan
    found = get_policy(context.aws, plan.producer_policy_arn)
    if found is None:
        return [Difference(Message("resource.policy", name=plan.producer_policy_name), EXISTS, DELETED)]
    resource = Message("resource.policy", name=plan.producer_policy_name)
    tags = differing([(Message("drift.tag", resource=resource), *compare_tags(plan, found.tags))])
    return [*tags, *compare_permissions(context, (KIND, plan.producer_policy_name), resource, found.document)]
