"""What AWS's codes for failed records mean: the first entry whose name begins a code is used. Pure.

https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
"""

import re

from portal.messages.message import Message

MEANINGS = {
    "DataFormatConversion.EntityNotFound": Message("failures.schema_missing"),
    "DataFormatConversion.AccessDenied": Message("failures.schema_denied"),
    "DataFormatConversion.": Message("failures.conversion"),
    "Lambda.InvokeAccessDenied": Message("failures.function_denied"),
    "Lambda.ResourceNotFound": Message("failures.function_missing"),
    "Lambda.FunctionTimedOut": Message("failures.function_slow"),
    "Lambda.": Message("failures.function"),
    "DynamicPartitioning.": Message("failures.partitioning"),
    "Splunk.": Message("failures.splunk"),
    "HttpEndpoint.": Message("failures.endpoint"),
    "OS.": Message("failures.index"),
    "ES.": Message("failures.index"),
    "AOSS.": Message("failures.index"),
    "Snowflake.": Message("failures.snowflake"),
    "Iceberg.": Message("failures.table"),
}
# By Firehose's error output type, where the code says nothing more.
BY_KIND = {
    "format-conversion-failed": Message("failures.conversion"),
    "processing-failed": Message("failures.processing"),
    "splunk-failed": Message("failures.splunk"),
    "http-endpoint-failed": Message("failures.endpoint"),
    "elasticsearch-failed": Message("failures.index"),
    "AmazonOpenSearchService_failed": Message("failures.index"),
    "iceberg-failed": Message("failures.table"),
    "snowflake-failed": Message("failures.snowflake"),
}
OTHER = Message("failures.other")
_NAME = re.compile(r"[A-Za-z]{1,60}")


def meaning_of(kind: str, code: str) -> Message:
    """Return the message that explains an error of Firehose."""
    found = next((meaning for start, meaning in MEANINGS.items() if code.startswith(start)), None)
    return found or BY_KIND.get(kind, OTHER)


def is_code(code: str) -> bool:
    """Return whether a code is in one of AWS's forms; any other text can be a value of a record."""
    start = next((start for start in MEANINGS if start.endswith(".") and code.startswith(start)), None)
    return start is not None and _NAME.fullmatch(code.removeprefix(start)) is not None
