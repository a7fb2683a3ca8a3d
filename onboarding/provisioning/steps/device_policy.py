"""A policy of AWS IoT that lets a device publish below its own name, and nothing else, exists and is ours."""

from datetime import timedelta

from onboarding.provisioning.answers import Done, Waiting, not_ours
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Removal, Removed, remove_all, stranger
from onboarding.provisioning.devices_of import devices_of
from onboarding.provisioning.differences import (
    DELETED,
    EXISTS,
    Difference,
    compare_documents,
    compare_tags,
    differing,
)
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import Plan, is_ours
from portal.aws import iot_policies, iot_registry
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.messages.message import Message

KIND = "device policy"
# https://docs.aws.amazon.com/iot/latest/apireference/API_DetachPolicy.html
_DETACHED_WITHIN = timedelta(minutes=10)


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    return Message("step.device_policy", name=devices_of(plan).policy_name)


def apply(context: Context) -> Done:
    """Create the policy, or a new version of it if its document differs."""
    plan, names = context.plan, devices_of(context.plan)
    found = iot_policies.get_iot_policy(context.aws, names.policy_name)
    if found is None:
        context.ledger.intend(KIND, names.policy_name)
        found = iot_policies.create_iot_policy(context.aws, names.policy_name, names.policy, tags=plan.tags)
        return _present(context, found.arn, did=Message("outcome.created"))
    if not is_ours(plan, tags := iot_registry.tags_of(context.aws, found.arn)):
        raise not_ours(Message("resource.device_policy", name=found.name), tags)
    if found.document == names.policy:
        return _present(context, found.arn, found=Message("outcome.as_specified"))
    iot_policies.set_iot_policy(context.aws, names.policy_name, names.policy)
    return _present(context, found.arn, did=Message("outcome.policy_version_created"))


def _present(context: Context, arn: str, *, found: Message | None = None, did: Message | None = None) -> Done:
    context.ledger.present(KIND, devices_of(context.plan).policy_name, arn)
    return Done(arn=arn, found=found, did=did)


def undo(context: Context) -> Done | Waiting:
    """Delete the policy with all its versions; no certificate has it by then."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    found = iot_policies.get_iot_policy(context.aws, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    if kept := stranger(context, iot_registry.tags_of(context.aws, found.arn)):
        return kept
    context.ledger.removing(KIND, owned.name)
    try:
        iot_policies.delete_iot_policy(context.aws, owned.name)
    except AwsFault as fault:
        if fault.kind is not FaultKind.CONFLICT:
            raise
        # A detached policy counts as attached for up to five minutes.
        failure = Message("refused.device_policy_attached", name=owned.name)
        detail, reason = str(fault), Message("waiting.policy_detaching")
        return Waiting(20, reason, detail, patience=_DETACHED_WITHIN, failure=failure)
    return Removed()


def check(context: Context) -> list[Difference]:
    """Compare the policy with the plan; change nothing."""
    names = devices_of(context.plan)
    found = iot_policies.get_iot_policy(context.aws, names.policy_name)
    resource = Message("resource.device_policy", name=names.policy_name)
    if found is None:
        return [Difference(resource, EXISTS, DELETED)]
    tags = iot_registry.tags_of(context.aws, found.arn)
    return differing(
        [
            (Message("drift.tag", resource=resource), *compare_tags(context.plan, tags)),
            (Message("drift.permissions", resource=resource), *compare_documents(names.policy, found.document)),
        ]
    )
