"""When each access key was last used, which MiniStack does not note; with AWS's delay, if its user has a tag for it."""

import time
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import iam

# A tag on an IAM user: the seconds after which a use of its keys becomes visible, as AWS takes minutes to hours.
LAG_TAG = "emulator:last-used-lag-seconds"
_KEPT = 50_000  # uses of one key
_NEVER = (0.0, "N/A", "N/A")
_uses: dict[str, deque[tuple[float, str, str]]] = {}


def note(headers: Mapping[str, str], service: str, region: str) -> None:
    """Note the use of the access key that signed a request."""
    key_id = headers.get("authorization", "").partition("Credential=")[2].partition("/")[0]
    if key_id.startswith("AKIA"):
        _uses.setdefault(key_id, deque(maxlen=_KEPT)).append((time.time(), service, region))


def owner_arn(key_id: str) -> str:
    """Return the ARN of the user whose access key it is, for which IAM evaluates GetAccessKeyLastUsed, or ""."""
    key = iam._access_keys.get(key_id) or {}
    return str((iam._users.get(key.get("UserName", "")) or {}).get("Arn", ""))


def get_access_key_last_used(params: Mapping[str, Any]) -> Any:
    """Answer with the last use that is older than the delay of the key's user.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
    """
    key_id = str(iam._p(params, "AccessKeyId") or "")
    key = iam._access_keys.get(key_id)
    if key is None:
        return iam._error(404, "NoSuchEntity", f"The Access Key with id {key_id} cannot be found.", ns="iam")
    before = time.time() - _lag(key["UserName"])
    used_at, service, region = next((use for use in reversed(_uses.get(key_id, ())) if use[0] <= before), _NEVER)
    last = f"<LastUsedDate>{_iso(used_at)}</LastUsedDate>" if used_at else ""
    return iam._xml(
        200,
        "GetAccessKeyLastUsedResponse",
        f"<GetAccessKeyLastUsedResult><UserName>{escape(key['UserName'])}</UserName><AccessKeyLastUsed>{last}"
        f"<Region>{escape(region)}</Region><ServiceName>{escape(service)}</ServiceName></AccessKeyLastUsed>"
        "</GetAccessKeyLastUsedResult>",
        ns="iam",
    )


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    iam._IAM_HANDLERS["GetAccessKeyLastUsed"] = get_access_key_last_used


def _iso(used_at: float) -> str:
    # AWS gives whole seconds; with fractions no test needs to wait for the next second.
    return datetime.fromtimestamp(used_at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _lag(user_name: str) -> float:
    tags = (iam._users.get(user_name) or {}).get("Tags") or ()
    return next((float(tag["Value"]) for tag in tags if tag["Key"] == LAG_TAG), 0.0)
