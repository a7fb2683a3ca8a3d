"""The security options of a stream, in the order in which the page shows them."""

from __future__ import annotations

from onboarding.connectors.consumed_stream import ConsumedStream
from onboarding.connectors.security import client_side, fips, kms, tls, vpc_endpoint
from onboarding.connectors.security.option import SecurityOption


def security_options(stream: ConsumedStream, *, encryption: str) -> tuple[SecurityOption, ...]:
    """Return the options; `encryption` is that of the stream: "none", "aws" or "customer"."""
    return (
        kms.option(stream, encryption),
        tls.option(stream),
        fips.option(stream),
        vpc_endpoint.option(stream),
        client_side.option(stream),
    )
