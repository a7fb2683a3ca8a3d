"""The right to a stream's KMS key, for each consumer.

https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
"""

from __future__ import annotations

from onboarding.connectors.connector import ConnectorPolicy
from onboarding.connectors.consumed_stream import ConsumedStream
from onboarding.connectors.security.option import SecurityOption
from onboarding.estimates.prices import Price, price_list
from portal.aws.policies.consumer_security import decrypt_policy, key_policy_statement
from portal.messages.message import Message

_SOURCE = "https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html"


def option(stream: ConsumedStream, encryption: str) -> SecurityOption:
    """Return what each consumer needs to read an encrypted stream: nothing, unless the key is the client's own."""
    policies: tuple[ConnectorPolicy, ...] = ()
    what: tuple[Message, ...] = (Message("consumer_security.kms.what"),)
    if encryption == "none":
        state = Message("consumer_security.kms.none")
    elif encryption == "aws":
        state, what = Message("consumer_security.kms.aws"), (*what, Message("consumer_security.kms.not_shared"))
    elif stream.key_arn is None:
        state = Message("consumer_security.kms.not_created")
    else:
        state = Message("consumer_security.kms.customer", key=stream.key_arn)
        what = (*what, Message("consumer_security.kms.other_account"))
        reader = (
            stream.role.arn
            if stream.role
            else f"arn:{stream.partition}:iam::{stream.account_id}:role/YOUR-CONSUMER-ROLE"
        )
        policies = (
            ConnectorPolicy(
                Message("consumer_security.kms.holder"),
                decrypt_policy(stream.key_arn, stream.region),
                f"{stream.stream_name}-decrypt.json",
            ),
            ConnectorPolicy(
                Message("consumer_security.kms.key_policy"),
                key_policy_statement(reader, stream.region, stream.partition),
                f"{stream.stream_name}-key-policy.json",
            ),
        )
    prices = price_list(stream.region)
    month, requests = prices.usd(Price.KEY_MONTH), prices.usd(Price.KEY_REQUESTS)
    cost = (
        Message("consumer_security.kms.cost", month=str(month), requests=str(requests))
        if encryption == "customer"
        else Message("consumer_security.no_cost")
    )
    return SecurityOption("kms", Message("consumer_security.kms"), state, what, cost, _SOURCE, policies=policies)
