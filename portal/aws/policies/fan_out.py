"""The statements of the grant on consumers registered with data streams, which read by enhanced fan-out."""

from __future__ import annotations

from portal.aws.policies.chosen_permissions import ChosenPermissions
from portal.aws.policies.listed_arns import listed_resources
from portal.aws.policies.statements import Statement, allow

REGISTER = "kinesis:RegisterStreamConsumer"
MANAGE_CONSUMERS = (
    "kinesis:DescribeStreamConsumer",
    "kinesis:DeregisterStreamConsumer",
    "kinesis:ListTagsForResource",
    "kinesis:TagResource",
)
OF_CONSUMERS = "/consumer/*"


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html
def fan_out_statements(stream: str, own_policy: str, optional: ChosenPermissions) -> list[Statement]:
    """Return the statements that register consumers with the streams of a pattern, and with those listed for adoption.

    A consumer is registered with its tags, which needs TagResource too. The role reads `own_policy`, the policy with
    these statements, to find out whether it is older than the choice.
    """
    found = [
        allow("SeeFanOutPolicy", ["iam:GetPolicy", "iam:GetPolicyVersion"], own_policy),
        allow("RegisterConsumers", [REGISTER], stream),
        allow("ManageFanOut", MANAGE_CONSUMERS, f"{stream}{OF_CONSUMERS}"),
    ]
    if listed := listed_resources(optional.others).get("OtherStreams"):
        # In the hosted template the listed streams are one parameter, which it takes apart.
        is_parameter = isinstance(listed, str)
        consumers = f"{listed}{OF_CONSUMERS}" if is_parameter else [f"{arn}{OF_CONSUMERS}" for arn in listed]
        found.append(allow("RegisterOtherConsumers", [REGISTER], listed))
        found.append(allow("ManageOtherFanOut", MANAGE_CONSUMERS, consumers))
    return found
