"""What a plan shows of shares before anything is created: who reads, and every statement that they need."""

from onboarding.provisioning.plan import Plan
from onboarding.provisioning.share_statements import consumer_statement, key_statement, stream_statement
from onboarding.sharing.share import Share
from portal.aws.policies.statements import Document, document
from portal.messages.message import Message


def resource_line(plan: Plan, share: Share) -> tuple[str, str, Message]:
    """Return the share's label, its principal, and what that can do."""
    place = {"account": share.reader.account_id, "region": plan.spec.stream.region}
    return share.label, share.principal, Message("plan.share", **place)


def policies(plan: Plan) -> list[tuple[Message, Document]]:
    """Return the statements of all shares, each document with its title.

    Those for a key of the client's own are to be added by the client: Sluice may not change its policy.
    """
    shares, stream = plan.spec.shares, plan.spec.stream
    if not shares:
        return []
    found = [(Message("plan.share_policy"), document(*(stream_statement(plan, share) for share in shares)))]
    for name in dict.fromkeys(share.fan_out for share in shares if share.fan_out):
        # AWS takes the exact ARN, which is known once the consumer is registered.
        arn = f"{plan.stream_arn}/consumer/{name}:…"
        own = [consumer_statement(plan, share, arn) for share in shares if share.fan_out == name]
        found.append((Message("plan.share_consumer", name=name), document(*own)))
    if stream.makes_key or stream.customer_key_arn:
        title = Message("plan.share_key") if stream.makes_key else Message("plan.share_own_key")
        found.append((title, document(*(key_statement(plan, share) for share in shares))))
    return found
