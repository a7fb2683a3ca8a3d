"""What AWS takes its time for: a stream is CREATING or UPDATING, a role or a key is not known everywhere yet."""

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack.services import firehose, kinesis

from tests.bench.slow_times import (
    FIREHOSE_CREATING_SECONDS,
    IAM_SECONDS,
    STREAM_CREATING_SECONDS,
    STREAM_UPDATING_SECONDS,
)

are_on = False
_Answer = tuple[int, dict[str, str], bytes]
_Handler = Callable[[Mapping[str, Any]], _Answer]
_KEY = re.compile(rb"<AccessKeyId>([^<]+)</AccessKeyId>")
_busy: dict[str, tuple[str, float]] = {}
_keys: dict[str, float] = {}
_roles: dict[str, float] = {}
_deliveries: dict[str, float] = {}


def refusal(key: str, operation: str, body: bytes) -> dict[str, str] | None:
    """Return AWS's error for a key or a role that is only seconds old, or None."""
    if _is_young(_keys.get(key)):
        return {
            "__type": "UnrecognizedClientException",
            "message": "The security token included in the request is invalid.",
        }
    if operation == "CreateDeliveryStream":
        arn = json.loads(body)["KinesisStreamSourceConfiguration"]["RoleARN"]
        if _is_young(_roles.get(arn.rsplit("/", 1)[-1])):
            text = f"Firehose is unable to assume role {arn}. Please check the role provided."
            return {"__type": "InvalidArgumentException", "message": text}
    return None


def note(operation: str, asked: bytes, answered: bytes) -> None:
    """Remember when a key or a role was made."""
    if are_on and operation == "CreateAccessKey" and (made := _KEY.search(answered)):
        _keys[made[1].decode()] = time.monotonic()
    elif are_on and operation == "CreateRole":
        _roles[parse_qs(asked.decode())["RoleName"][0]] = time.monotonic()


def _is_young(made_at: float | None) -> bool:
    return are_on and made_at is not None and time.monotonic() - made_at < IAM_SECONDS


def _status(arn: str) -> str | None:
    status, until = _busy.get(arn, ("", 0.0))
    return status if are_on and time.monotonic() < until else None


def _creating(theirs: _Handler) -> _Handler:
    def handler(data: Mapping[str, Any]) -> _Answer:
        answer = theirs(data)
        if answer[0] == 200:
            arn = kinesis._streams[data["StreamName"]]["StreamARN"]
            _busy[arn] = "CREATING", time.monotonic() + STREAM_CREATING_SECONDS
        return answer

    return handler


def _updating(theirs: _Handler, *, seconds: float = STREAM_UPDATING_SECONDS) -> _Handler:
    def handler(data: Mapping[str, Any]) -> _Answer:
        _, stream = kinesis._resolve_stream(data)
        arn = stream["StreamARN"] if stream else ""
        if status := _status(arn):
            body = {"__type": "ResourceInUseException", "message": f"Stream {arn} is not ACTIVE but {status}."}
            return 400, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(body).encode()
        answer = theirs(data)
        if answer[0] == 200:
            _busy[arn] = "UPDATING", time.monotonic() + seconds
        return answer

    return handler


def _described(theirs: _Handler, member: str) -> _Handler:
    def handler(data: Mapping[str, Any]) -> _Answer:
        code, headers, body = theirs(data)
        answer = json.loads(body)
        if code == 200 and (status := _status(answer[member]["StreamARN"])):
            answer[member]["StreamStatus"] = status
        return code, headers, json.dumps(answer).encode()

    return handler


def _delivery_creating(theirs: _Handler) -> _Handler:
    def handler(data: Mapping[str, Any]) -> _Answer:
        answer = theirs(data)
        if answer[0] == 200:
            _deliveries[json.loads(answer[2])["DeliveryStreamARN"]] = time.monotonic() + FIREHOSE_CREATING_SECONDS
        return answer

    return handler


def _delivery_described(theirs: _Handler) -> _Handler:
    def handler(data: Mapping[str, Any]) -> _Answer:
        code, headers, body = theirs(data)
        answer = json.loads(body)
        described = answer.get("DeliveryStreamDescription", {})
        if are_on and time.monotonic() < _deliveries.get(described.get("DeliveryStreamARN", ""), 0.0):
            described["DeliveryStreamStatus"] = "CREATING"
        return code, headers, json.dumps(answer).encode()

    return handler


def _install() -> None:
    kinesis._create_stream = _creating(kinesis._create_stream)
    kinesis._describe_stream_summary = _described(kinesis._describe_stream_summary, "StreamDescriptionSummary")
    kinesis._describe_stream = _described(kinesis._describe_stream, "StreamDescription")
    # A longer retention takes effect at once, but is refused of a stream that is not ACTIVE.
    kinesis._increase_retention = _updating(kinesis._increase_retention, seconds=0)
    for name in ("start_stream_encryption", "stop_stream_encryption", "update_shard_count"):
        setattr(kinesis, f"_{name}", _updating(getattr(kinesis, f"_{name}")))
    for name in ("enable_enhanced_monitoring", "disable_enhanced_monitoring"):
        setattr(kinesis, f"_{name}", _updating(getattr(kinesis, f"_{name}")))
    handlers = firehose._HANDLERS
    handlers["CreateDeliveryStream"] = _delivery_creating(handlers["CreateDeliveryStream"])
    handlers["DescribeDeliveryStream"] = _delivery_described(handlers["DescribeDeliveryStream"])


_install()
