"""The statements of the grant on who reads a data stream: its consumers, Lambda functions, and lease tables."""

from __future__ import annotations

from portal.aws.policies.chosen_permissions import ChosenPermissions
from portal.aws.policies.listed_arns import listed_resources
from portal.aws.policies.statements import Statement, allow

LIST_CONSUMERS = "kinesis:ListStreamConsumers"
LIST_MAPPINGS = "lambda:ListEventSourceMappings"
SCAN_LEASES = "dynamodb:Scan"


def reader_statements(stream: str, optional: ChosenPermissions) -> list[Statement]:
    """Return the statements that list the readers of the streams of a pattern and of listed ones.

    Lease tables are those that are listed: a table says nothing of the stream that its application reads.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html
    """
    listed = listed_resources(optional.others)
    found = [
        allow("ListConsumers", [LIST_CONSUMERS], stream),
        # The action has no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
        allow("ListMappings", [LIST_MAPPINGS], "*"),
    ]
    if "OtherStreams" in listed:
        found.append(allow("ListOtherConsumers", [LIST_CONSUMERS], listed["OtherStreams"]))
    if "LeaseTables" in listed:
        found.append(allow("LeaseTables", [SCAN_LEASES], listed["LeaseTables"]))
    return found
