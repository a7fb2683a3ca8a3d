"""MiniStack's registered consumers with what it leaves out: their limits, states, tags, and what holds a stream.

A consumer is CREATING until it was described or listed once, and so DELETING: as a caller sees it, AWS takes a moment.
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_actions
from ministack.core.responses import error_response_json, get_account_id, json_response
from ministack.services import kinesis

from portal.local.emulator.kinesis import ADDED

_Answer = tuple[int, dict[str, str], bytes]
_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,128}")
MOST_CREATING, MOST, MOST_ON_DEMAND_ADVANTAGE = 5, 20, 50
A_MOMENT = 10.0
_register, _deregister = kinesis._register_consumer, kinesis._deregister_consumer
_describe, _list, _delete_stream = kinesis._describe_stream_consumer, kinesis._list_consumers, kinesis._delete_stream
_advantage: set[str] = set()  # the accounts with On-demand Advantage


def register(data: Mapping[str, Any]) -> _Answer:
    """Register a consumer with its tags, if the stream has room for it."""
    arn, name = str(data.get("StreamARN") or ""), str(data.get("ConsumerName") or "")
    stream = kinesis._resolve_stream_by_arn(arn)
    if not _NAME.fullmatch(name):
        return _error("ValidationException", f"Value '{name}' at 'consumerName' failed to satisfy [a-zA-Z0-9_.-]+.")
    if stream is None:
        return _error("ResourceNotFoundException", f"Stream {arn} not found.")
    there = _consumers_of(arn)
    if any(consumer["ConsumerName"] == name for consumer in there):
        return _error("ResourceInUseException", f"Consumer {name} under stream {arn} already exists.")
    if stream["StreamStatus"] != "ACTIVE":
        return _error("ResourceInUseException", f"Stream {arn} is not ACTIVE.")
    if sum(consumer["ConsumerStatus"] == "CREATING" for consumer in there) >= MOST_CREATING:
        return _error("LimitExceededException", f"Stream {arn} has {MOST_CREATING} consumers in CREATING.")
    if len(there) >= _most(stream):
        return _error("LimitExceededException", f"Stream {arn} has {len(there)} registered consumers, its limit.")
    answer: _Answer = _register(data)
    if answer[0] != 200:
        return answer
    found = json.loads(answer[2])["Consumer"]
    kept = kinesis._consumers[found["ConsumerARN"]]
    kept |= {"ConsumerStatus": "CREATING", "since": time.time(), "tags": dict(data.get("Tags") or {})}
    return _answer({"Consumer": {**found, "ConsumerStatus": "CREATING"}})


def deregister(data: Mapping[str, Any]) -> _Answer:
    """Mark a consumer as DELETING; its policy and subscriptions end at once."""
    found = _named(data)
    if found is None:
        return _error("ResourceNotFoundException", "Consumer not found.")
    if found["ConsumerStatus"] != "ACTIVE":
        return _error("ResourceInUseException", f"Consumer {found['ConsumerARN']} is {found['ConsumerStatus']}.")
    found |= {"ConsumerStatus": "DELETING", "since": time.time()}
    kinesis._resource_policies.pop(found["ConsumerARN"], None)
    return _answer({})


def describe(data: Mapping[str, Any]) -> _Answer:
    """Describe a consumer; a change of its state that was asked for is complete afterwards."""
    found = _named(data)
    answer: _Answer = _describe(data)
    _advance([found] if found else [])
    return answer


def list_consumers(data: Mapping[str, Any]) -> _Answer:
    """List the consumers of a stream."""
    there = _consumers_of(str(data.get("StreamARN") or ""))
    answer: _Answer = _list(data)
    _advance(there)
    return answer


def delete_stream(data: Mapping[str, Any]) -> _Answer:
    """Delete a stream that has no registered consumer, or with them if that was asked for.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html
    """
    _, stream = kinesis._resolve_stream(data)
    if stream and _consumers_of(stream["StreamARN"]) and not data.get("EnforceConsumerDeletion"):
        message = f"Stream {stream['StreamName']} has registered consumers. Deregister them, or enforce their deletion."
        return _error("ResourceInUseException", message)
    answer: _Answer = _delete_stream(data)
    return answer


def tag_resource(data: Mapping[str, Any]) -> _Answer:
    """Add tags to a stream or consumer."""
    return _on_tags(data, lambda tags: tags.update(data.get("Tags") or {}))


def untag_resource(data: Mapping[str, Any]) -> _Answer:
    """Remove tags from a stream or consumer."""
    return _on_tags(data, lambda tags: [tags.pop(key, None) for key in data.get("TagKeys") or []])


def list_tags(data: Mapping[str, Any]) -> _Answer:
    """List the tags of a stream or consumer."""
    found: list[dict[str, str]] = []
    refused = _on_tags(data, lambda tags: found.extend({"Key": key, "Value": tags[key]} for key in sorted(tags)))
    return _answer({"Tags": found}) if refused[0] == 200 else refused


def account_settings(data: Mapping[str, Any]) -> _Answer:
    """Return whether the account has On-demand Advantage, or set it if a request names it.

    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateAccountSettings.html
    """
    wanted = (data.get("MinimumThroughputBillingCommitment") or {}).get("Status")
    if wanted == "ENABLED":
        _advantage.add(get_account_id())
    elif wanted == "DISABLED":
        _advantage.discard(get_account_id())
    status = "ENABLED" if get_account_id() in _advantage else "DISABLED"
    return _answer({"MinimumThroughputBillingCommitment": {"Status": status}})


def extract_resource_arn(
    their_extract: Callable[..., str], service: str, method: str, path: str, headers: Any, body: bytes, *given: Any
) -> str:
    """Return the ARN that a request is about: for what names a consumer, the consumer's."""
    found = str(their_extract(service, method, path, headers, body, *given))
    return (_consumer_arn(headers, body) or found) if service == "kinesis" else found


def install() -> None:
    """Put it in place of MiniStack's own, for this process, after every other change of its Kinesis but sharing."""
    kinesis._register_consumer, kinesis._deregister_consumer = register, deregister
    kinesis._describe_stream_consumer, kinesis._list_consumers = describe, list_consumers
    kinesis._delete_stream = delete_stream
    ADDED.update(
        TagResource=tag_resource,
        UntagResource=untag_resource,
        ListTagsForResource=list_tags,
        DescribeAccountSettings=account_settings,
        UpdateAccountSettings=account_settings,
    )
    their_extract = iam_actions.extract_resource_arn
    iam_actions.extract_resource_arn = lambda *given: extract_resource_arn(their_extract, *given)


def _most(stream: Mapping[str, Any]) -> int:
    on_demand = stream.get("StreamModeDetails", {}).get("StreamMode") == "ON_DEMAND"
    return MOST_ON_DEMAND_ADVANTAGE if on_demand and get_account_id() in _advantage else MOST


def _consumers_of(stream_arn: str) -> list[dict[str, Any]]:
    found = [consumer for consumer in kinesis._consumers.values() if consumer["StreamARN"] == stream_arn]
    _advance([consumer for consumer in found if time.time() - consumer.get("since", 0) > A_MOMENT])
    return [consumer for consumer in found if consumer["ConsumerARN"] in kinesis._consumers]


def _advance(consumers: list[dict[str, Any]]) -> None:
    for consumer in consumers:
        if consumer["ConsumerStatus"] == "CREATING":
            consumer["ConsumerStatus"] = "ACTIVE"
        elif consumer["ConsumerStatus"] == "DELETING":
            kinesis._consumers.pop(consumer["ConsumerARN"], None)


def _named(data: Mapping[str, Any]) -> dict[str, Any] | None:
    if data.get("ConsumerARN"):
        found: dict[str, Any] | None = kinesis._consumer_from_arn(data["ConsumerARN"])
        return found
    there = _consumers_of(str(data.get("StreamARN") or ""))
    return next((consumer for consumer in there if consumer["ConsumerName"] == data.get("ConsumerName")), None)


def _on_tags(data: Mapping[str, Any], act: Callable[[dict[str, str]], object]) -> _Answer:
    arn = str(data.get("ResourceARN") or "")
    found = kinesis._consumer_from_arn(arn) or kinesis._resolve_stream_by_arn(arn)
    if found is None:
        return _error("ResourceNotFoundException", f"Resource {arn} not found.")
    act(found.setdefault("tags", {}))
    return _answer({})


def _consumer_arn(headers: Mapping[str, str], body: bytes) -> str:
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    try:
        request = json.loads(body or b"{}") if operation in _ON_CONSUMERS else {}
    except ValueError:
        return ""
    named = str(request.get("ConsumerARN") or "")
    if named or not request.get("ConsumerName"):
        return named
    found = _named(request)
    return found["ConsumerARN"] if found else f"{request.get('StreamARN')}/consumer/{request['ConsumerName']}"


_ON_CONSUMERS = {"DescribeStreamConsumer", "DeregisterStreamConsumer", "SubscribeToShard"}


def _error(code: str, message: str) -> _Answer:
    answer: _Answer = error_response_json(code, message, 400)
    return answer


def _answer(plain: Mapping[str, Any]) -> _Answer:
    answer: _Answer = json_response(plain)
    return answer
