"""TLS only. https://docs.aws.amazon.com/streams/latest/dev/infrastructure-security.html"""

from __future__ import annotations

from onboarding.connectors.connector import ConnectorPolicy
from onboarding.connectors.consumed_stream import ConsumedStream
from onboarding.connectors.security.option import SecurityOption
from portal.aws.policies.consumer_security import tls_only_policy
from portal.messages.message import Message

_SOURCE = "https://docs.aws.amazon.com/streams/latest/dev/infrastructure-security.html"


def option(stream: ConsumedStream) -> SecurityOption:
    """Return the policy that denies a consumer everything without TLS."""
    policy = ConnectorPolicy(
        Message("consumer_security.tls.holder"),
        tls_only_policy(stream.stream_arn),
        f"{stream.stream_name}-tls-only.json",
    )
    return SecurityOption(
        "tls",
        Message("consumer_security.tls"),
        Message("consumer_security.tls.state", url=stream.endpoint_url),
        (Message("consumer_security.tls.what"),),
        Message("consumer_security.no_cost"),
        _SOURCE,
        policies=(policy,),
    )
