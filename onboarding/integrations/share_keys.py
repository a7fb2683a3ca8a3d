"""Whether the client's own KMS key allows those who share a stream to decrypt: read from the key's policy, not changed.

Each answer is a PolicyDecision as text. A key's grants are not read, so "denied" means that the policy does not allow.
"""

from onboarding.connections.grant import allows
from onboarding.models.integration import Integration
from onboarding.provisioning.context import Context
from onboarding.provisioning.plan_factory import connected
from portal.aws import kms
from portal.aws.errors import AwsFault
from portal.aws.policies.document_evaluation import PolicyDecision
from portal.aws.policies.key_evaluation import decrypt_decision
from portal.aws.policies.shares import READ_KEY_POLICY, principal_arn


def read(integration: Integration, context: Context) -> dict[str, str]:
    """Return the answer for each share by its label; {} where there is no share, or no key of the client's own.

    It is UNKNOWN where the deployed role is older than the right to read key policies, and where AWS denies it.
    """
    plan = context.plan
    arn, shares = plan.spec.stream.customer_key_arn, plan.spec.shares
    if not arn or not shares or not context.terms.may_share:
        return {}
    unknown = dict.fromkeys((share.label for share in shares), str(PolicyDecision.UNKNOWN))
    if not allows(connected(integration), READ_KEY_POLICY, arn):
        return unknown
    try:
        policy = kms.key_policy(context.aws, arn)
    except AwsFault:
        return unknown  # the key's own policy may keep Sluice out, which stops no one from reading
    principals = {share.label: principal_arn(share.principal, plan.partition) for share in shares}
    return {
        label: str(decrypt_decision(policy, key_arn=arn, principal_arn=principal, stream_arn=plan.stream_arn))
        for label, principal in principals.items()
    }


def keep(integration: Integration, found: dict[str, str]) -> None:
    """Keep what the check of `drift_checked_at` found."""
    if found != integration.share_keys:
        integration.share_keys = found
        Integration.objects.filter(pk=integration.pk).update(share_keys=found)
