"""FIPS endpoints, where the Region has them. https://aws.amazon.com/compliance/fips/"""

from __future__ import annotations

from onboarding.connectors.connector import ConnectorFile
from onboarding.connectors.consumed_stream import ConsumedStream
from onboarding.connectors.security.option import SecurityOption
from portal.aws.endpoints import FIPS_REGIONS, fips_host, has_fips
from portal.messages.message import Message

_SOURCE = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html"
_SERVICES = ("kinesis", "sts", "kms")


def option(stream: ConsumedStream) -> SecurityOption:
    """Return the profile that leads AWS's tools to FIPS endpoints, or that the Region has none."""
    title, what = Message("consumer_security.fips"), (Message("consumer_security.fips.what"),)
    free = Message("consumer_security.no_cost")
    if not has_fips("kinesis", stream.region):
        regions = ", ".join(region for region in FIPS_REGIONS if not region.startswith("us-gov"))
        state = Message("consumer_security.fips.none", region=stream.region, regions=regions)
        return SecurityOption("fips", title, state, what, free, _SOURCE)
    hosts = ", ".join(fips_host(service, stream.region) for service in _SERVICES)
    state = Message("consumer_security.fips.used") if stream.fips else Message("consumer_security.fips.possible")
    profile = f"[profile stream-reader]\nregion = {stream.region}\nuse_fips_endpoint = true\n"
    file = ConnectorFile("aws-config-fips", "ini", profile)
    hosts_named = Message("consumer_security.fips.hosts", hosts=hosts)
    return SecurityOption("fips", title, state, (*what, hosts_named), free, _SOURCE, files=(file,))
