"""MiniStack's delivery by Firehose with AWS's rules: what ends a record, who may write an object, that an error is
logged, and that what could not be delivered is tried again.

MiniStack writes each record into the bucket as itself: no processor but a Lambda function changes it, and no permission
of Firehose's role is asked for.
"""

import json
import logging
import re
import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch_logs, firehose, iam, s3

logger = logging.getLogger(__name__)
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
_TO_WRITE = ("kms:GenerateDataKey", "kms:Decrypt")
_SETTING = re.compile(r"<(SSEAlgorithm|KMSMasterKeyID|BucketKeyEnabled)>\s*([^<\s]*)")
# https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
_ACCESS_DENIED = (
    "Access was denied. Ensure that the trust policy for the provided IAM role allows Firehose to assume the role, "
    "and the access policy allows access to the S3 bucket."
)
# Firehose tries for 24 hours. With each record that it can deliver again, so many of those that wait follow.
_MOST_WAITING, _WITH_EACH = 50_000, 50
_their_delivery = firehose._deliver_to_s3
_their_put = firehose._put_s3_object
_Waiting = tuple[Mapping[str, Any], bytes, Mapping[str, str] | None]
_waiting: defaultdict[str, deque[_Waiting]] = defaultdict(lambda: deque(maxlen=_MOST_WAITING))
_attempt = threading.local()


def deliver(
    stream: Mapping[str, Any],
    destination: Mapping[str, Any],
    record: bytes,
    lambda_keys: Mapping[str, str] | None = None,
) -> None:
    """Write a record into the bucket, with its delimiter, unless Firehose's role may not write there.

    A record that is not written waits, and is written after a later one that is.
    """
    waiting = _waiting[str(stream.get("arn") or stream["name"])]
    if not _is_written(stream, destination, record, lambda_keys):
        waiting.append((destination, record, lambda_keys))
        return
    for _ in range(min(_WITH_EACH, len(waiting))):
        earlier = waiting.popleft()
        if not _is_written(stream, *earlier):
            waiting.appendleft(earlier)
            return


def _is_written(
    stream: Mapping[str, Any],
    destination: Mapping[str, Any],
    record: bytes,
    lambda_keys: Mapping[str, str] | None,
) -> bool:
    settings = destination["config"]
    bucket = firehose._s3_bucket_from_arn(settings.get("BucketARN", ""))
    _attempt.role, _attempt.denied = str(settings.get("RoleARN", "")), list(_denied_key(bucket, settings))
    if not _attempt.denied:
        _their_delivery(stream, destination, record + _delimiter(settings), lambda_keys)
    denied, _attempt.role = _attempt.denied, ""
    if denied:
        logger.warning("Firehose %s cannot write to %s: %s denied", stream["name"], bucket, ", ".join(denied))
        _log_error(stream, settings, "S3.AccessDenied", _ACCESS_DENIED)
    return not denied


def put_object(bucket: str, key: str, body: bytes) -> Any:
    """Write an object, unless the role of the delivery that does it may not. Raises PermissionError."""
    role = getattr(_attempt, "role", "")
    if role and not _is_allowed(role, "s3:PutObject", f"arn:aws:s3:::{bucket}/{key}", {}):
        _attempt.denied.append("s3:PutObject")
        raise PermissionError(key)
    return _their_put(bucket, key, body)


def _log_error(stream: Mapping[str, Any], settings: Mapping[str, Any], code: str, message: str) -> None:
    """Log an error where the destination's settings say, as Firehose does; nowhere if there is no such log stream."""
    options = settings.get("CloudWatchLoggingOptions") or {}
    if options.get("Enabled"):
        event = {
            "deliveryStreamARN": stream.get("arn", ""),
            "destination": settings.get("BucketARN", ""),
            "deliveryStreamVersionId": stream.get("version", 1),
            "message": message,
            "errorCode": code,
        }
        place = {"logGroupName": options.get("LogGroupName"), "logStreamName": options.get("LogStreamName")}
        cloudwatch_logs._put_log_events({**place, "logEvents": [{"message": json.dumps(event)}]})


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    firehose._deliver_to_s3 = deliver
    firehose._put_s3_object = put_object


# https://docs.aws.amazon.com/firehose/latest/APIReference/API_Processor.html
def _delimiter(settings: Mapping[str, Any]) -> bytes:
    configuration = settings.get("ProcessingConfiguration") or {}
    kinds = {processor["Type"] for processor in configuration.get("Processors") or ()}
    return b"\n" if configuration.get("Enabled") and "AppendDelimiterToRecord" in kinds else b""


def _denied_key(bucket: str, settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the role would have to be allowed on the bucket's key and is not."""
    if (key := _key_of(bucket)) is None:
        return
    key_arn, context = key
    context = {"kms:viaservice": f"s3.{get_region()}.amazonaws.com", **context}
    for action in _TO_WRITE:
        if not _is_allowed(str(settings.get("RoleARN", "")), action, key_arn, context):
            yield action


def _is_allowed(role_arn: str, action: str, resource_arn: str, context: Mapping[str, str]) -> bool:
    """Return what the role's policies and its boundary decide."""
    name, account_id = role_arn.rpartition("/")[2], get_account_id()
    request = iam_evaluator.EvalContext(
        principal_arn=role_arn,
        principal_type="AssumedRole",
        principal_account=account_id,
        action=action,
        resource_arn=resource_arn,
        region=get_region(),
        service_context=dict(context),
    )
    policies = iam_evaluator._gather_role_policies(name, account_id)
    limits = iam_evaluator._permissions_boundary(iam._roles, name, account_id)
    return bool(iam_evaluator.evaluate(request, policies, *limits).decision == "Allow")


def _key_of(bucket: str) -> tuple[str, dict[str, str]] | None:
    """Return the ARN of the key of a bucket with SSE-KMS, and the encryption context of what is written there.

    With an S3 Bucket Key the context is the bucket's ARN, without one the object's.
    """
    found = dict(_SETTING.findall(s3._bucket_encryption.get(bucket) or ""))
    if not found.get("SSEAlgorithm", "").startswith("aws:kms"):
        return None
    bucket_arn = f"arn:aws:s3:::{bucket}"
    written = bucket_arn if found.get("BucketKeyEnabled") == "true" else f"{bucket_arn}/object"
    # The name of the AWS managed key says that there is none of the client's own.
    key_arn = found.get("KMSMasterKeyID") or f"arn:aws:kms:{get_region()}:{get_account_id()}:key/aws-s3"
    return key_arn, {"kms:encryptioncontext:aws:s3:arn": written}
