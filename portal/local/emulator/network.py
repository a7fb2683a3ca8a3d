"""Where a request to MiniStack came from: its address, and the VPC endpoint whose DNS name it was sent to.

All requests of tests and of the demo come from this machine, so one can name the address that it plays in a header.
"""

import ipaddress
import re
from collections.abc import Mapping
from contextvars import ContextVar

from ministack.core import iam_evaluator

# Only the emulator reads it; AWS knows no such header.
PLAYED_ADDRESS = "x-sluice-source-ip"
_NAME = re.compile(r"(vpce-[0-9a-f]+)-[a-z0-9-]+\.[a-z0-9.-]+\.vpce\.amazonaws\.com")
_came_through: ContextVar[str] = ContextVar("came_through", default="")
_their_key = iam_evaluator._resolve_condition_key


def note(headers: Mapping[str, str]) -> None:
    """Note the address of the request at hand, and the VPC endpoint that it came through."""
    found = _NAME.fullmatch(headers.get("host", "").partition(":")[0])
    _came_through.set(found[1] if found else "")
    if played := headers.get(PLAYED_ADDRESS):
        ipaddress.ip_address(played)
        iam_evaluator.pin_request_origin(played, iam_evaluator._request_origin.get()[1])


def came_through() -> str:
    """Return the VPC endpoint that the request at hand came through, or ""."""
    return _came_through.get()


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpcsourceip
def keys() -> dict[str, str]:
    """Return the condition keys that exist only where the request came through a VPC endpoint."""
    through = _came_through.get()
    address = iam_evaluator._request_origin.get()[0]
    return {"aws:SourceVpce": through, "aws:VpcSourceIp": address} if through else {}


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
def condition_key(key: str, context: iam_evaluator.EvalContext) -> object:
    """Return the value of a condition key; `aws:SourceIp` is absent where the request came through a VPC endpoint."""
    if key.lower() == "aws:sourceip" and "aws:sourcevpce" in context.service_context:
        return None
    return _their_key(key, context)


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    iam_evaluator._resolve_condition_key = condition_key
