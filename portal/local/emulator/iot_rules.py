"""Topic rules into a Kinesis data stream, with their errors in CloudWatch Logs, which MiniStack does not have.

What the rule's SQL selects is evaluated by MiniStack; here it is put with the permissions of the rule's role alone.
https://docs.aws.amazon.com/iot/latest/developerguide/kinesis-rule-action.html
https://docs.aws.amazon.com/iot/latest/developerguide/cloudwatch-logs-rule-action.html
"""

import base64
import json
import re
import time
from collections.abc import Mapping
from contextvars import ContextVar
from fnmatch import fnmatchcase
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch_logs, iam, iot, kinesis

from portal.local.emulator.delivery import _is_allowed

_TEMPLATE = re.compile(r"\$\{([^}]*)\}")
_their_run = iot._run_rule_actions
_their_dispatch = iot._dispatch_rule_action
_message: ContextVar[tuple[str, bytes, str | None]] = ContextVar("iot_rule_message", default=("", b"", None))


async def run_rule_actions(
    account_id: str,
    region: str,
    rule: Mapping[str, Any],
    payload: bytes,
    topic: str = "",
    client_id: str | None = None,
) -> None:
    """Run a rule's actions as MiniStack does; the message is kept for the templates of its partition key."""
    token = _message.set((topic, payload or b"", client_id))
    try:
        await _their_run(account_id, region, rule, payload, topic, client_id)
    finally:
        _message.reset(token)


async def dispatch(account_id: str, region: str, rule_name: str, action: Mapping[str, Any], event: Any) -> None:
    """Carry out an action. Raises PermissionError for what the rule's role may not do, RuntimeError for failures."""
    if "kinesis" in action:
        with request_scope(account_id, region):
            _put(account_id, region, rule_name, action["kinesis"], event)
    elif "cloudwatchLogs" in action:
        with request_scope(account_id, region):
            _log(account_id, region, rule_name, action["cloudwatchLogs"], event)
    else:
        await _their_dispatch(account_id, region, rule_name, action, event)


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    iot._run_rule_actions = run_rule_actions
    iot._dispatch_rule_action = dispatch
    iot._RULE_ACTION_RESOURCE_KEYS["kinesis"] = ("streamName",)


def _put(account_id: str, region: str, rule_name: str, spec: Mapping[str, Any], event: Any) -> None:
    stream, role = str(spec["streamName"]), str(spec["roleArn"])
    _check_trust(account_id, region, rule_name, role)
    arn = f"arn:aws:kinesis:{region}:{account_id}:stream/{stream}"
    _check(role, "kinesis:PutRecord", arn, {})
    found = kinesis._streams.get(stream) or {}
    key = str(found.get("KeyId") or "")
    if key.startswith("arn:"):
        _check(role, "kms:GenerateDataKey", key, {"kms:viaservice": f"kinesis.{region}.amazonaws.com"})
    data = event.encode() if isinstance(event, str) else json.dumps(event).encode()
    record = {
        "StreamName": stream,
        "Data": base64.b64encode(data).decode(),
        "PartitionKey": _filled(str(spec.get("partitionKey") or "${newuuid()}")),
    }
    _succeeded(kinesis._put_record(record))


def _log(account_id: str, region: str, rule_name: str, spec: Mapping[str, Any], event: Any) -> None:
    group, role = str(spec["logGroupName"]), str(spec["roleArn"])
    _check_trust(account_id, region, rule_name, role)
    arn = f"arn:aws:logs:{region}:{account_id}:log-group:{group}:log-stream:{rule_name}"
    for action in ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"):
        _check(role, action, arn, {})
    place = {"logGroupName": group, "logStreamName": rule_name}
    cloudwatch_logs._create_log_stream(place)  # which may exist
    events = [{"timestamp": int(time.time() * 1000), "message": json.dumps(event)}]
    _succeeded(cloudwatch_logs._put_log_events({**place, "logEvents": events}))


def _filled(template: str) -> str:
    topic, payload, client_id = _message.get()

    def value(found: re.Match[str]) -> str:
        chosen = iot._eval_select_expr(found[1], topic, payload, iot._rule_message(payload), client_id)
        return "" if chosen is iot._MISSING else str(chosen)

    return _TEMPLATE.sub(value, template)


def _check(role_arn: str, action: str, resource: str, context: Mapping[str, str]) -> None:
    if not _is_allowed(role_arn, action, resource, context):
        raise PermissionError(f"User: {role_arn} is not authorized to perform: {action} on resource: {resource}")


def _check_trust(account_id: str, region: str, rule_name: str, role_arn: str) -> None:
    role = iam._roles.get(role_arn.rpartition("/")[2]) or {}
    document = role.get("AssumeRolePolicyDocument") or "{}"
    trust = json.loads(document) if isinstance(document, str) else document
    source = {
        "aws:SourceAccount": account_id,
        "aws:SourceArn": f"arn:aws:iot:{region}:{account_id}:rule/{rule_name}",
    }
    if not any(_trusts(statement, source) for statement in trust.get("Statement", ())):
        raise PermissionError(f"Unable to assume role: {role_arn}")


def _trusts(statement: Mapping[str, Any], source: Mapping[str, str]) -> bool:
    services = (statement.get("Principal") or {}).get("Service")
    if "iot.amazonaws.com" not in ([services] if isinstance(services, str) else services or ()):
        return False
    conditions = [pair for keys in (statement.get("Condition") or {}).values() for pair in keys.items()]
    return all(fnmatchcase(source.get(key, ""), str(wanted)) for key, wanted in conditions)


def _succeeded(answer: tuple[int, Any, bytes]) -> None:
    if answer[0] != 200:
        raise RuntimeError(answer[2].decode(errors="replace"))
