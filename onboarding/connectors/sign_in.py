"""What is the same for every tool: how it signs in, the permissions to read, and what reading costs. Pure."""

from __future__ import annotations

from decimal import Decimal

from onboarding.connectors.connector import ConnectorPolicy
from onboarding.connectors.consumed_stream import ConsumedStream
from onboarding.estimates.prices import HOURS_A_MONTH, Price, price_list
from portal.aws.policies.connectors import assume_role_policy
from portal.aws.policies.producer import consumer_policy
from portal.aws.policies.statements import Document
from portal.messages.message import Message

PROFILE = "stream-reader"
SHARED_CALLS = Message("connector.cost.shared")


def reading(stream: ConsumedStream, document: Document | None = None) -> tuple[ConnectorPolicy, ...]:
    """Return the policies of a program that reads the stream; `document` in place of the plain consumer policy.

    Signing in by a role, the role has the policy, and the program's own identity may assume the role.
    """
    found = consumer_policy(stream.stream_arn, stream.key_arn) if document is None else document
    holder = Message("connector.holder.role") if stream.role else Message("connector.holder.program")
    policies = [ConnectorPolicy(holder, found, f"{stream.stream_name}-consumer.json")]
    if stream.role:
        assumes = assume_role_policy(stream.role.arn)
        policies.append(ConnectorPolicy(Message("connector.holder.assumes"), assumes, "assume-role.json"))
    return tuple(policies)


def costs(stream: ConsumedStream, *, fanout: bool) -> tuple[Message, ...]:
    """Return what reading costs: with the other readers, or by enhanced fan-out, in USD before taxes."""
    prices = price_list(stream.region)
    region = prices.priced_region
    if not fanout:
        if not stream.is_on_demand:
            return (SHARED_CALLS,)
        gb_out = _usd(prices.usd(Price.ON_DEMAND_OUT_GB))
        return (SHARED_CALLS, Message("connector.cost.gb_out", usd=gb_out, region=region))
    if stream.is_on_demand:
        volume = _usd(prices.usd(Price.ON_DEMAND_FANOUT_GB))
        return (Message("connector.cost.fanout_on_demand", usd=volume, region=region),)
    month = prices.usd(Price.FANOUT_SHARD_HOUR) * HOURS_A_MONTH * (stream.shards or 1)
    volume = _usd(prices.usd(Price.FANOUT_GB))
    return (Message("connector.cost.fanout", month=f"{month:.2f}", usd=volume, region=region),)


def reader(stream: ConsumedStream) -> Message:
    """Return how the stream's page lists a program that reads by GetRecords, or as a registered consumer."""
    if stream.fanout_arn:
        return Message("connector.reader.consumer", name=stream.fanout_name)
    return Message("connector.reader.unlisted")


def key_section(stream: ConsumedStream) -> str:
    """Return the section of ~/.aws/credentials that has the access key which the profile signs in with."""
    return "default" if stream.role else PROFILE


def profile_file(stream: ConsumedStream) -> str:
    """Return lines for ~/.aws/config: a profile that reads the stream, by the role if there is one.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html
    """
    lines = [f"[profile {PROFILE}]", f"region = {stream.region}"]
    if stream.fips:
        lines.append("use_fips_endpoint = true")
    if stream.role:
        lines.append(f"role_arn = {stream.role.arn}")
        if stream.role.external_id:
            lines.append(f"external_id = {stream.role.external_id}")
        lines += [f"role_session_name = {stream.session_name}", "source_profile = default"]
    return "\n".join(lines) + "\n"


def _usd(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
