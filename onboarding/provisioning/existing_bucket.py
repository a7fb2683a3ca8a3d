"""The encryption of a bucket of the client's own, which only AWS knows: what Firehose's role needs follows from it."""

from typing import Any

from onboarding.deliveries import bucket_encryption
from onboarding.deliveries.delivery import Delivery
from onboarding.provisioning.answers import Refused
from onboarding.provisioning.context import Context
from portal.aws import bucket_protection
from portal.aws.bucket_protection import Encryption
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.managed_policies import get_policy
from portal.aws.policies.boundary_check import outside_boundary
from portal.messages.message import Message


def encryption(context: Context, delivery: Delivery) -> Encryption | None:
    """Return how an existing bucket of a delivery encrypts new objects; None of one that Sluice creates."""
    return None if delivery.new_bucket else bucket_protection.bucket_encryption(context.aws, delivery.bucket)


def permitted(context: Context, delivery: Delivery) -> Encryption | None:
    """Return the same; raise Refused where Firehose's role could not use the key, so that no run succeeds while every
    delivery fails: the declared key is another one, or the deployed boundary does not allow any."""
    found = encryption(context, delivery)
    if found is None or not found.is_kms:
        return found
    declared = bucket_encryption.encryption_of(delivery.bucket_encryption)
    if declared.is_kms and ":key/" in found.key and declared != found:
        raise Refused(
            Message("refused.bucket_key_differs", bucket=delivery.bucket, declared=declared.key, found=found.key)
        )
    needed = bucket_encryption.statements(found, context.plan.place_of(delivery))
    if context.plan.boundary_arn and outside_boundary({"Statement": needed}, _boundary(context)):
        raise Refused(Message("refused.bucket_key_outside_boundary", bucket=delivery.bucket))
    return found


def _boundary(context: Context) -> dict[str, Any]:
    try:
        policy = get_policy(context.aws, context.plan.boundary_arn)
    except AwsFault as fault:
        if fault.kind is not FaultKind.DENIED:
            raise
        policy = None  # a role that may not read it is older than the permission on buckets' keys
    return policy.document if policy else {}
