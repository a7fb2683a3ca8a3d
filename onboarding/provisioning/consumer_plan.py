"""The roles of consumers of a plan: names, trust policies and what they can do."""

from onboarding.consumers.principals import principal_arn
from onboarding.consumers.role import ConsumerRole
from onboarding.consumers.sign_in import ConsumerSignIn, SignInKind
from onboarding.provisioning.plan import CONSUMERS_PATH, Plan
from portal.aws.policies.consumers import consumer_trust_policy
from portal.aws.policies.producer import consumer_policy
from portal.aws.policies.statements import Document

_ROOM = 27  # of a role's name, at most 64: "-", six digits, "-consumer-" and a short name of 20 follow


def role_name(plan: Plan, role: ConsumerRole) -> str:
    """Return the name in AWS of a consumer's role."""
    return plan.identity_name(f"consumer-{role.name}", _ROOM)


def role_arn(plan: Plan, role: ConsumerRole) -> str:
    """Return that role's ARN."""
    return f"arn:{plan.partition}:iam::{plan.account_id}:role{CONSUMERS_PATH}{role_name(plan, role)}"


def external_id(plan: Plan, role: ConsumerRole) -> str:
    """Return the external ID of a consumer's role; "" before Sluice has created it."""
    return role.external_id or plan.consumer_external_ids.get(role.name, "")


def trust(plan: Plan, role: ConsumerRole) -> Document:
    """Return the trust policy of a consumer's role."""
    arns = [principal_arn(principal, plan.partition) for principal in role.principals]
    return consumer_trust_policy(arns, external_id(plan, role))


def permissions(plan: Plan, role: ConsumerRole) -> Document:
    """Return what a consumer's role can do: read the records of this stream, as the registered consumer it chose."""
    return consumer_policy(plan.stream_arn, plan.key_arn, consumer=role.fan_out)


def sign_in(plan: Plan, role: ConsumerRole) -> ConsumerSignIn:
    """Return how a consumer signs in with its role."""
    return ConsumerSignIn(
        kind=SignInKind.ROLE,
        name=role.name,
        stream_name=plan.spec.stream.name,
        stream_arn=plan.stream_arn,
        region=plan.spec.stream.region,
        account_id=plan.account_id,
        partition=plan.partition,
        role_arn=role_arn(plan, role),
        external_id=external_id(plan, role),
        session_seconds=role.session_seconds,
        key_arn=plan.key_arn or "",
        is_fips=plan.spec.stream.endpoint.is_fips,
    )
