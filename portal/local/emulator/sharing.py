"""Kinesis across accounts, which MiniStack's Kinesis does not serve: a stream of another account, named by its ARN.

IAM decides in the caller's account, as MiniStack's evaluator has it: both the caller's own policies and the stream's
resource policy must allow the call. Then the call is answered in the account of the stream. A stream that is encrypted
with the AWS managed key can be read by no other account, and one with a customer managed key by those whom the key's
policy and their own allow to decrypt. https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html
"""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import error_response_json, get_account_id, get_region, request_scope
from ministack.core.router import extract_access_key_id
from ministack.services import kinesis, kms

from portal.local.emulator import policy_rules

AWS_MANAGED = "alias/aws/kinesis"
_NEEDS_KEY = {"GetRecords": "kms:Decrypt", "PutRecord": "kms:GenerateDataKey", "PutRecords": "kms:GenerateDataKey"}
_POLICY_CALLS = {"GetResourcePolicy", "PutResourcePolicy", "DeleteResourcePolicy"}


def owner_of(data: Mapping[str, Any]) -> str:
    """Return the account of the stream or consumer that a request names by its ARN, if it is another; otherwise ""."""
    arn = str(data.get("ConsumerARN") or data.get("StreamARN") or "")
    parts = arn.split(":")
    account_id = parts[4] if len(parts) > 5 else ""
    return account_id if account_id and account_id != get_account_id() else ""


async def handle_request(
    their_handle: Any, method: str, path: str, headers: dict[str, str], body: bytes, query_params: Any
) -> Any:
    """Answer a call in the account of the stream that it names."""
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    if operation in _POLICY_CALLS and (refused := policy_rules.throttled(operation)):
        return refused
    data = _request_of(headers, body)
    if not (owner := owner_of(data)):
        return await their_handle(method, path, headers, body, query_params)
    if refused := _key_refusal(operation, data, owner, extract_access_key_id(headers, query_params) or ""):
        return refused
    with request_scope(owner, get_region()):
        return await their_handle(method, path, headers, body, query_params)


def enforce(
    their_enforce: Any, access_key_id: str, iam_action: str, service: str, region: str, *given: Any, **named: Any
) -> Any:
    """Check a request as MiniStack does; the root user of another account needs the resource policy as everyone."""
    found = their_enforce(access_key_id, iam_action, service, region, *given, **named)
    arn = str(given[0] if given else named.get("resource_arn", "*"))
    if found or service != "kinesis" or not arn.startswith("arn:") or arn.split(":")[4] in {"", get_account_id()}:
        return found
    policy = (kinesis.stream_policy_for_arn(arn) or ("",))[0]
    decision = iam_evaluator.evaluate_resource_policy(policy, _context(access_key_id, iam_action, arn))
    return None if decision.decision == "Allow" else decision


def install() -> None:
    """Put it in place of MiniStack's own, for this process, after every other change of its Kinesis."""
    their_handle, their_enforce = kinesis.handle_request, iam_evaluator.enforce

    async def handled(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Any:
        return await handle_request(their_handle, method, path, headers, body, query_params)

    kinesis.handle_request = handled
    iam_evaluator.enforce = lambda *given, **named: enforce(their_enforce, *given, **named)
    policy_rules.install()


def _key_refusal(operation: str, data: Mapping[str, Any], owner: str, access_key_id: str) -> Any:
    action = _NEEDS_KEY.get(operation)
    with request_scope(owner, get_region()):
        _, stream = kinesis._resolve_stream(data)
        key_id = str((stream or {}).get("KeyId") or "")
        key = kms._resolve_key(key_id) if key_id else None
    if not action or not key_id or (key and _may_use(key, action, access_key_id)):
        return None
    message = f"The ciphertext refers to a customer master key that does not exist or that you may not use: {key_id}"
    return error_response_json("KMSAccessDeniedException", message, 400)


def _may_use(key: Mapping[str, Any], action: str, access_key_id: str) -> bool:
    if key.get("KeyManager") == "AWS":
        return False
    through = {"kms:viaservice": f"kinesis.{get_region()}.amazonaws.com"}
    context = _context(access_key_id, action, str(key["Arn"]), through)
    principal = iam_evaluator.resolve_principal(access_key_id, get_account_id())
    own = principal.policies is None or iam_evaluator.evaluate(context, principal.policies, *principal.limits)
    allows = own is True or own.decision == "Allow"
    return allows and bool(iam_evaluator.evaluate_resource_policy(key.get("Policy"), context).decision == "Allow")


def _context(access_key_id: str, action: str, arn: str, service_context: Mapping[str, Any] | None = None) -> Any:
    principal = iam_evaluator.resolve_principal(access_key_id, get_account_id())
    return iam_evaluator.EvalContext(
        principal_arn=getattr(principal, "arn", ""),
        principal_type=getattr(principal, "type", ""),
        principal_account=getattr(principal, "account", ""),
        action=action,
        resource_arn=arn,
        region=get_region(),
        service_context=dict(service_context or {}),
        principal_keys=getattr(principal, "keys", {}),
    )


def _request_of(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    if "cbor" in headers.get("content-type", ""):
        import cbor2

        found = cbor2.loads(body or b"\xa0")
    else:
        try:
            found = json.loads(body or b"{}")
        except ValueError:
            return {}
    return found if isinstance(found, dict) else {}
