"""VPC endpoints for MiniStack: a request to the DNS name of one came through it, and IAM is told so."""

import re
from collections.abc import Mapping
from contextvars import ContextVar

_NAME = re.compile(r"(vpce-[0-9a-f]+)-[a-z0-9-]+\.[a-z0-9.-]+\.vpce\.amazonaws\.com")
_came_through: ContextVar[str] = ContextVar("came_through", default="")


def note(headers: Mapping[str, str]) -> None:
    """Note through which VPC endpoint the request at hand came, by the host that it was sent to."""
    found = _NAME.fullmatch(headers.get("host", "").partition(":")[0])
    _came_through.set(found[1] if found else "")


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce
def source() -> dict[str, str]:
    """Return the condition key aws:SourceVpce, which is there only where the request came through a VPC endpoint."""
    through = _came_through.get()
    return {"aws:SourceVpce": through} if through else {}
