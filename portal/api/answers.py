"""Answers of the API, each with an entity tag: a program that has the answer already gets 304 without a body."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag


def json_answer(request: HttpRequest, found: dict[str, Any]) -> HttpResponse:
    """Return the answer, or 304 where the request's If-None-Match has its tag."""
    response = JsonResponse(found)
    tag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    response["ETag"] = tag
    return get_conditional_response(request, etag=tag, response=response) or response


def is_sent(response: HttpResponse, request: HttpRequest) -> bool:
    """Return whether the body of an answer is sent."""
    return response.status_code == 200 and request.method == "GET"
