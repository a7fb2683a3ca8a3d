"""The removal without Sluice: a script that lists what it would delete of a plan, and deletes it with --yes.

It deletes only what has the integration's tag: a bucket only if it is empty, the data stream only with DELETE_DATA=yes,
and an adopted data stream never. It skips what is deleted already, so it can be run again.
"""

from onboarding.export.file_heads import filled
from onboarding.export.registered_consumers import consumers_in_removal
from onboarding.export.removal_frame import END, HEAD
from onboarding.export.removal_resources import (
    ADOPTED,
    BUCKET,
    DELIVERY,
    OWN_BUCKET,
    POLICY,
    PRODUCER_ROLE,
    SHARE,
    STREAM,
    USER,
)
from onboarding.export.resources import Delivered, ProducerRole, Resources
from onboarding.export.script_consumers import consumer_role_removal
from onboarding.export.script_devices import devices_in_removal


# https://docs.aws.amazon.com/cli/latest/reference/
def removal_script(found: Resources) -> str:
    """Return the bash script, complete: consumers' roles and the access key first, then each delivery, then what these
    depended on."""
    parts = [
        filled(HEAD, found),
        *(consumer_role_removal(found, role) for role in found.consumer_roles),
        _role(found, found.role) if found.role else filled(USER, found, user=found.user_name),
        *(filled(SHARE, found, stream_arn=found.stream_arn, sid=share.sid) for share in found.shared),
        consumers_in_removal(found),
        *(_delivery(found, delivery) for delivery in found.deliveries),
        devices_in_removal(found),
        *(filled(BUCKET if bucket.is_new else OWN_BUCKET, found, bucket=bucket.name) for bucket in found.buckets),
        "" if found.role else filled(POLICY, found, policy_arn=found.policy_arn, policy_name=found.policy_name),
        filled(ADOPTED if found.is_adopted else STREAM, found),
        END,
    ]
    return "".join(parts)


def _role(found: Resources, role: ProducerRole) -> str:
    return filled(PRODUCER_ROLE, found, role=role.name, role_policy_name=role.policy_name)


def _delivery(found: Resources, delivery: Delivered) -> str:
    place = f"{found.stream.region}:{found.account_id}"
    return filled(
        DELIVERY,
        found,
        name=delivery.name,
        role=delivery.role_name,
        policy_name=delivery.policy_name,
        log_group=delivery.log_group,
        log_arn=f"arn:{found.partition}:logs:{place}:log-group:{delivery.log_group}",
    )
