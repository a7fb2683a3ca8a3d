"""What happens after an answer was sent: a download counts when its last byte has left, and not when a view returned.

Django's answers are complete before the first byte is sent (portal/request_slots.py), so a view, and also the end of a
stream, comes too early. The layer that sends them calls what a view has registered, after the last byte and if the
connection was still open. It knows no more: a receiver that acknowledges nothing cannot be asked what it has stored.
"""

import logging
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)
_KEY = "sluice.after_sent"
Work = Callable[[], object]


def accept(scope: Any) -> list[Work]:
    """Let views register work for this request, and return the list of it, which is filled until they have answered."""
    work: list[Work] = []
    scope[_KEY] = work
    return work


def after_sent(request: HttpRequest, response: HttpResponse, work: Work) -> HttpResponse:
    """Do the work after every byte of the response was sent, in the context of this call; return the response.

    Where no layer says when that is, as in Django's test client, it is done when the response is closed.
    """
    context = copy_context()
    scope: dict[str, Any] = getattr(request, "scope", {})
    closers: list[Work] = vars(response)["_resource_closers"]  # what Django itself calls when it closes a response
    scope.get(_KEY, closers).append(lambda: context.run(work))
    return response


def perform(work: list[Work]) -> None:
    """Do the work that was registered, in a thread that keeps no connection to PostgreSQL; a fault is logged."""
    try:
        for done in work:
            done()
    except Exception:  # the answer is with its receiver, whatever happens here
        log.exception("answer.work_after_sending_failed")
    finally:
        connections.close_all()
