"""MiniStack's transformation of records by Lambda with AWS's rule for what fails: it goes to the error prefix.

MiniStack delivers a record as it came when its function is absent or fails, and drops one that the function failed.
https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
"""

import base64
import json
import logging
import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any

from ministack.services import firehose, lambda_svc

logger = logging.getLogger(__name__)
_KIND = "processing-failed"
_ABSENT = (
    "Lambda.ResourceNotFound",
    "The specified Lambda function does not exist. Use a different function that exists.",
)
_FAILED = ("Lambda.FunctionError", "The Lambda function was successfully invoked but it returned an error result.")
_REFUSED = ("Lambda.ProcessingFailedStatus", "ProcessingFailed status set for record")
_MISSING = ("Lambda.MissingRecordId", "The function did not return a record ID that it was given.")
_their_processing = firehose._apply_lambda_processors
_their_function = lambda_svc._execute_function
_last = threading.local()
Record = tuple[str, bytes]


def apply(
    stream: Mapping[str, Any],
    destination: Mapping[str, Any],
    records: list[Record],
    metadata_sink: dict[str, Any] | None = None,
    partition_sink: dict[str, Any] | None = None,
) -> list[Record]:
    """Return the transformed records; write the others, as they came, under the error prefix of an S3 destination."""
    arn = _function_of(destination)
    settings = destination.get("config") or {}
    if arn is None or "BucketARN" not in settings:
        return list(_their_processing(stream, destination, records, metadata_sink, partition_sink))
    failed = dict.fromkeys((name for name, _ in records), _ABSENT)
    kept = list[Record]()
    if _exists(arn):
        _last.result = None
        kept = list(_their_processing(stream, destination, records, metadata_sink, partition_sink))
        failed = _failures(_last.result, records)
    for name, data in records:
        if name in failed:
            _write(stream, settings, arn, data, *failed[name])
    return [(name, data) for name, data in kept if name not in failed]


def execute(*arguments: Any, **options: Any) -> Any:
    """Call a function as MiniStack does, and note what it returned."""
    _last.result = _their_function(*arguments, **options)
    return _last.result


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    firehose._apply_lambda_processors = apply
    lambda_svc._execute_function = execute


def _function_of(destination: Mapping[str, Any]) -> str | None:
    configuration = (destination.get("config") or {}).get("ProcessingConfiguration") or {}
    processors = configuration.get("Processors") or () if configuration.get("Enabled") else ()
    for processor in processors:
        for parameter in processor.get("Parameters") or () if processor.get("Type") == "Lambda" else ():
            if parameter.get("ParameterName") == "LambdaArn" and parameter.get("ParameterValue"):
                return str(parameter["ParameterValue"])
    return None


def _exists(arn: str) -> bool:
    try:
        found, _ = lambda_svc._get_func_record_for_qualifier(*lambda_svc._resolve_name_and_qualifier(arn))
    except Exception:  # whatever it raises for a name that it does not know
        return False
    return found is not None


def _failures(result: Mapping[str, Any] | None, records: list[Record]) -> dict[str, tuple[str, str]]:
    answer: Any = (result or {}).get("body")
    try:
        answer = json.loads(answer) if isinstance(answer, str | bytes) else answer
        outcomes = {each["recordId"]: each.get("result", "Ok") for each in answer["records"]}
    except (ValueError, KeyError, TypeError):
        return dict.fromkeys((name for name, _ in records), _FAILED)
    if (result or {}).get("error"):
        return dict.fromkeys((name for name, _ in records), _FAILED)
    missing = {name: _MISSING for name, _ in records if name not in outcomes}
    return missing | {name: _REFUSED for name, outcome in outcomes.items() if outcome == "ProcessingFailed"}


def _write(
    stream: Mapping[str, Any], settings: Mapping[str, Any], arn: str, data: bytes, code: str, message: str
) -> None:
    now = int(time.time() * 1000)
    document = {
        "attemptsMade": 4,
        "arrivalTimestamp": now,
        "errorCode": code,
        "errorMessage": message,
        "attemptEndingTimestamp": now,
        "rawData": base64.b64encode(data).decode(),
        "lambdaArn": arn,
    }
    at = firehose._arrival_time(settings)
    error_prefix = settings.get("ErrorOutputPrefix")
    prefix = (
        firehose._evaluate_prefix(error_prefix, at, error_type=_KIND)
        if error_prefix
        else f"{settings.get('Prefix', '')}{_KIND}/{firehose._java_time('yyyy/MM/dd/HH/', at)}"
    )
    name = f"{stream['name']}-{stream.get('version', 1)}-{firehose._java_time('yyyy-MM-dd-HH-mm-ss', at)}"
    bucket = firehose._s3_bucket_from_arn(settings["BucketARN"])
    firehose._put_s3_object(bucket, f"{prefix}{name}-{uuid.uuid4()}", (json.dumps(document) + "\n").encode())
    logger.warning("Firehose %s: %s", stream["name"], code)
