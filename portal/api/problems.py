"""Errors as programs read them: problem details in JSON, whatever answers.

https://www.rfc-editor.org/rfc/rfc9457
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import responses
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from portal import request_context
from portal.messages.catalogue import text_of, todo_of
from portal.messages.message import Message

PATHS = "/api/"
CONTENT_TYPE = "application/problem+json"
_BY_STATUS: Mapping[int, Message] = {
    HTTPStatus.BAD_REQUEST: Message("api.bad_request"),
    HTTPStatus.NOT_FOUND: Message("api.not_found"),
    HTTPStatus.METHOD_NOT_ALLOWED: Message("api.method"),
    HTTPStatus.TOO_MANY_REQUESTS: Message("api.too_many_requests"),
    HTTPStatus.SERVICE_UNAVAILABLE: Message("api.unavailable"),
}
_KEPT = ("Allow", "Retry-After")


def problem(status: int, message: Message, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return an error: its status, the code and sentence of a message, what to do, and the request ID."""
    found: dict[str, Any] = {
        "type": "about:blank",
        "title": responses[status],
        "status": status,
        "code": message.code,
        "detail": text_of(message),
        "todo": todo_of(message),
        "request_id": request_context.origin().request_id,
    }
    return JsonResponse(found, status=status, headers=headers, content_type=CONTENT_TYPE)


class ProblemAnswers:
    """Answer a program's request with problem details where Django or a middleware answered with a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.status_code >= HTTPStatus.BAD_REQUEST and response.get("Content-Type") != CONTENT_TYPE
        if not (is_page and request.path_info.startswith(PATHS)):
            return response
        kept = {name: response[name] for name in _KEPT if name in response}
        message = _BY_STATUS.get(response.status_code, Message("api.failed"))
        return problem(response.status_code, message, kept)
