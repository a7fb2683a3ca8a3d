"""The statements of a share: the one of the stream's resource policy, and the one of the key that Sluice created."""

from onboarding.provisioning.plan import Plan
from onboarding.sharing.share import Share
from portal.aws.policies.shares import consumer_share_statement, key_share_statement, share_statement
from portal.aws.policies.statements import Document, Statement, document, statements_of


def stream_statement(plan: Plan, share: Share) -> Statement:
    """Return the statement of the stream's resource policy."""
    return share_statement(share.sid(plan.integration_uid), share.principal, plan.stream_arn)


def consumer_statement(plan: Plan, share: Share, consumer_arn: str) -> Statement:
    """Return the statement of the resource policy of the registered consumer that a share reads as."""
    return consumer_share_statement(share.sid(plan.integration_uid), share.principal, consumer_arn)


def key_statement(plan: Plan, share: Share) -> Statement:
    """Return the statement of the policy of the stream's KMS key: the one that Sluice created, or the client's own."""
    region, partition = plan.spec.stream.region, plan.partition
    return key_share_statement(share.sid(plan.integration_uid), share.principal, region, partition)


def own_sids(plan: Plan) -> frozenset[str]:
    """Return the Sids of the shares of a plan."""
    return frozenset(share.sid(plan.integration_uid) for share in plan.spec.shares)


def key_policy_with_shares(plan: Plan, found: Document | None) -> Document:
    """Return the policy of the created key with those of the plan's shares that the found policy has.

    The step of a share adds its own statement, once its principal is known to exist.
    """
    sids = own_sids(plan)
    kept = [statement for statement in statements_of(found) if statement.get("Sid") in sids]
    return document(*statements_of(plan.key_policy), *kept)
