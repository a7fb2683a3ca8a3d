"""A role that Firehose assumes exists, has only the permissions that this delivery needs, and is ours."""

from typing import Any

from onboarding.deliveries import bucket_encryption
from onboarding.deliveries.delivery import Delivery
from onboarding.provisioning import existing_bucket
from onboarding.provisioning.added_policies import added_policies
from onboarding.provisioning.answers import Done, Waiting, not_ours, together
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Removal, Removed, delete_identity, remove_all
from onboarding.provisioning.differences import DELETED, EXISTS, Difference, compare_documents, compare_tags, differing
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import IAM_PATH, Plan, is_ours
from onboarding.provisioning.role_remediation import repair_role_policies
from portal.aws.bucket_protection import Encryption
from portal.aws.iam.roles import (
    create_role,
    delete_role_completely,
    get_role,
    put_role_policy,
    role_policy,
    update_trust,
)
from portal.aws.policies.delivery import firehose_role_policy, firehose_trust_policy
from portal.messages.message import Message

KIND = "IAM role"
POLICY_NAME = "delivery"


def title(plan: Plan, delivery: Delivery) -> Message:
    """Return what the step ensures."""
    return Message("step.firehose_role", name=plan.firehose_role_name(delivery))


def apply(context: Context, delivery: Delivery) -> Done:
    """Create the role and its inline policy, or set them to what the plan has."""
    plan = context.plan
    name, arn = plan.firehose_role_name(delivery), plan.firehose_role_arn(delivery)
    did = repair_role_policies(context, name)
    trust, permissions = (
        firehose_trust_policy(plan.account_id),
        document(plan, delivery, existing_bucket.permitted(context, delivery)),
    )
    found = get_role(context.aws, name)
    if found is None:
        context.ledger.intend(KIND, name)
        create_role(context.aws, name, path=IAM_PATH, trust=trust, tags=plan.tags, boundary_arn=plan.boundary_arn)
        did.append(Message("outcome.created"))
    elif not is_ours(plan, found.tags):
        raise not_ours(Message("resource.role", name=name), found.tags)
    elif found.trust != trust:
        update_trust(context.aws, name, trust)
        did.append(Message("outcome.trust_policy_restored"))
    if found is None or role_policy(context.aws, name, POLICY_NAME) != permissions:
        put_role_policy(context.aws, name, POLICY_NAME, permissions)
        did.append(Message("outcome.permissions_set"))
    context.ledger.present(KIND, name, arn)
    return Done(arn=arn, found=None if did else Message("outcome.as_specified"), did=together(did))


def document(plan: Plan, delivery: Delivery, found: Encryption | None = None) -> dict[str, Any]:
    """Return the role's permissions policy; the review page shows the same.

    `found` is the encryption of an existing bucket, which only AWS knows.
    """
    declared = delivery.bucket_encryption != bucket_encryption.SSE_S3
    of_bucket = [] if declared else bucket_encryption.statements(found, plan.place_of(delivery))
    return firehose_role_policy(
        plan.stream_arn,
        plan.bucket_arn(delivery.bucket),
        delivery.prefix,
        plan.log_group_arn(delivery),
        plan.key_arn,
        error_prefix=delivery.error_prefix,
        more_prefixes=delivery.destination.prefixes,
        more=[*of_bucket, *delivery.statements(plan.place_of(delivery))],
    )


def undo(context: Context) -> Done | Waiting:
    """Delete the role with its policies."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    found = get_role(context.aws, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    return delete_identity(context, owned, found.tags, delete=delete_role_completely, get=get_role)


def check(context: Context, delivery: Delivery) -> list[Difference]:
    """Compare the role with the plan; change nothing."""
    plan, name = context.plan, context.plan.firehose_role_name(delivery)
    found = get_role(context.aws, name)
    if found is None:
        return [Difference(Message("resource.role", name=name), EXISTS, DELETED)]
    there, resource = role_policy(context.aws, name, POLICY_NAME), Message("resource.role", name=name)
    wanted = document(plan, delivery, existing_bucket.encryption(context, delivery))
    trust = firehose_trust_policy(plan.account_id)
    own = differing(
        [
            (Message("drift.tag", resource=resource), *compare_tags(plan, found.tags)),
            (Message("drift.trust_policy", resource=resource), *compare_documents(trust, found.trust)),
            (Message("drift.permissions", resource=resource), *compare_documents(wanted, there)),
        ]
    )
    return [*own, *added_policies(context, found, POLICY_NAME, resource, may_remove=plan.may_delete)]
