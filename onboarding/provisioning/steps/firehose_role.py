"""A role that Firehose assumes exists, has only the permissions that this delivery needs, and is ours."""

from typing import Any

from onboarding.deliveries import bucket_encryption
from onboarding.deliveries.delivery import Delivery
from onboarding.provisioning import existing_bucket, service_roles
from onboarding.provisioning.answers import Done
from onboarding.provisioning.context import Context
from onboarding.provisioning.differences import Difference
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.service_roles import ServiceRole
from portal.aws.bucket_protection import Encryption
from portal.aws.policies.delivery import firehose_role_policy, firehose_trust_policy
from portal.messages.message import Message

KIND, POLICY_NAME = service_roles.KIND, service_roles.POLICY_NAME
undo = service_roles.undo


def title(plan: Plan, delivery: Delivery) -> Message:
    """Return what the step ensures."""
    return Message("step.firehose_role", name=plan.firehose_role_name(delivery))


def apply(context: Context, delivery: Delivery) -> Done:
    """Create the role and its inline policy, or set them to what the plan has."""
    return service_roles.ensure(context, _role(context.plan, delivery, existing_bucket.permitted(context, delivery)))


def check(context: Context, delivery: Delivery) -> list[Difference]:
    """Compare the role with the plan; change nothing."""
    return list(
        service_roles.compare(context, _role(context.plan, delivery, existing_bucket.encryption(context, delivery)))
    )


def _role(plan: Plan, delivery: Delivery, found: Encryption | None) -> ServiceRole:
    trust = firehose_trust_policy(plan.account_id)
    name, arn = plan.firehose_role_name(delivery), plan.firehose_role_arn(delivery)
    return ServiceRole(name, arn, trust, document(plan, delivery, found))


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
