"""How long a session may last, which MiniStack does not limit: the role's own maximum, and an hour after another role.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack.services import iam, sts

_CHAINED_SECONDS = 3600
_LEAST_SECONDS, _MOST_TOKEN_SECONDS = 900, 129_600
_handle_request = sts.handle_request


async def handle_request(method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Any) -> Any:
    """Answer as MiniStack does; a session that AWS would not issue for so long is an error instead.

    The session was issued by then, but its credentials are in no answer.
    """
    answer = await _handle_request(method, path, headers, body, query_params)
    given = {**query_params, **parse_qs(body.decode("utf-8", errors="replace"))}
    seconds, action = _first(given, "DurationSeconds"), _first(given, "Action")
    if answer[0] != 200 or not seconds or action not in {"AssumeRole", "GetSessionToken"}:
        return answer
    problem = _problem(action, int(seconds), given, headers, query_params)
    return sts._error(400, "ValidationError", problem, ns="sts") if problem else answer


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    sts.handle_request = handle_request


def _problem(action: str, seconds: int, given: Any, headers: Mapping[str, str], query_params: Any) -> str:
    most = _MOST_TOKEN_SECONDS if action == "GetSessionToken" else _most_of(_first(given, "RoleArn"))
    if not _LEAST_SECONDS <= seconds <= max(most, _LEAST_SECONDS):
        if action == "AssumeRole":
            return "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        return f"Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: {_LEAST_SECONDS} to {most}"
    is_chained = (
        action == "AssumeRole" and sts._caller_identity(headers, query_params)["principalType"] == "AssumedRole"
    )
    if is_chained and seconds > _CHAINED_SECONDS:
        return "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    return ""


def _most_of(role_arn: str) -> int:
    role = iam._roles.get_scoped(role_arn.split(":")[4], None, role_arn.rpartition("/")[2]) or {}
    return int(role.get("MaxSessionDuration", 3600))


def _first(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name, "")
    return str(value[0] if isinstance(value, list) and value else value or "")
