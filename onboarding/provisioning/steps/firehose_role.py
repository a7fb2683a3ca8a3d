"""A role exists that Firehose assumes, with just what this delivery needs, and is ours."""

from typing import Any

from onboarding.provisioning.context import (
    IAM_PATH,
    Context,
    Difference,
    Done,
    Owned,
    Plan,
    Refused,
    Waiting,
    is_ours,
    not_ours,
)
from onboarding.provisioning.drift import differing, rights, whose_tag
from onboarding.provisioning.removal import Removal, Removed, remove_all, stranger
from portal.aws import iam, policies

KIND = "IAM role"
POLICY_NAME = "delivery"


def title(plan: Plan) -> str:
    """Return what the step ensures, for people."""
    return f"Role {plan.firehose_role_name} lets Firehose read the stream and write the bucket"


def apply(context: Context) -> Done:
    """Create the role and its inline policy, or bring them to what is wanted."""
    plan, did = context.plan, []
    trust, rights = policies.firehose_trust(plan.account_id), document(plan)
    found = iam.get_role(context.aws, plan.firehose_role_name)
    if found is None:
        context.ledger.intend(KIND, plan.firehose_role_name)
        iam.create_role(
            context.aws,
            plan.firehose_role_name,
            path=IAM_PATH,
            trust=trust,
            tags=plan.tags,
            boundary_arn=plan.boundary_arn,
        )
        did.append("created")
    elif not is_ours(plan, found.tags):
        raise not_ours(f"A role named {plan.firehose_role_name}", found.tags)
    elif found.trust != trust:
        iam.update_trust(context.aws, plan.firehose_role_name, trust)
        did.append("mended its trust policy")
    if found is None or iam.role_policy(context.aws, plan.firehose_role_name, POLICY_NAME) != rights:
        iam.put_role_policy(context.aws, plan.firehose_role_name, POLICY_NAME, rights)
        did.append("gave it its rights")
    context.ledger.present(KIND, plan.firehose_role_name, plan.firehose_role_arn)
    return Done(arn=plan.firehose_role_arn, found="" if did else "as wanted", did=", ".join(did))


def document(plan: Plan) -> dict[str, Any]:
    """Return the role's rights; the review page shows the same."""
    if plan.spec.delivery is None:
        raise Refused("There is no delivery in this plan.", "Add a delivery, or leave this step out.")
    return policies.firehose_s3_role(
        plan.stream_arn,
        plan.bucket_arn,
        plan.spec.delivery.prefix,
        plan.log_group_arn,
        plan.spec.stream.customer_key_arn,
        error_prefix=plan.spec.delivery.error_prefix,
    )


def undo(context: Context) -> Done | Waiting:
    """Delete the role with its policies."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    found = iam.get_role(context.aws, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    if kept := stranger(context, found.tags):
        return kept
    context.ledger.removing(KIND, owned.name)
    iam.delete_role_completely(context.aws, owned.name)
    return Removed()


def check(context: Context) -> list[Difference]:
    """Compare the role with what is wanted; nothing is changed."""
    plan = context.plan
    found = iam.get_role(context.aws, plan.firehose_role_name)
    if found is None:
        return [Difference(f"Role {plan.firehose_role_name}", "there", "gone")]
    there = iam.role_policy(context.aws, plan.firehose_role_name, POLICY_NAME)
    return differing(
        [
            ("The role's tag", *whose_tag(plan, found.tags)),
            ("Who may assume Firehose's role", *rights(policies.firehose_trust(plan.account_id), found.trust)),
            ("Rights of Firehose's role", *rights(document(plan), there)),
        ]
    )
