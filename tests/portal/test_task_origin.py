"""What a worker does because of a request has the request's ID."""

from types import SimpleNamespace
from typing import Any

import pytest
from celery.app.task import Context
from celery.signals import before_task_publish, task_postrun, task_prerun

from portal import request_context
from portal.request_context import Origin
from portal.task_origin import HEADER

TASK_ID = "01234567-89ab-cdef-0123-456789abcdef"


def published() -> dict[str, Any]:
    headers: dict[str, Any] = {"id": TASK_ID}
    before_task_publish.send(sender="x", headers=headers)
    return headers


def worked(headers: dict[str, Any]) -> str:
    """The ID under which a worker runs the task of a message."""
    task = SimpleNamespace(request=Context(headers))
    task_prerun.send(sender="x", task=task, task_id=headers["id"])
    found = request_context.origin().request_id
    task_postrun.send(sender="x", task=task, task_id=headers["id"])
    assert request_context.origin() == Origin()
    return found


def test_it_goes_with_the_message() -> None:
    with request_context.within(Origin("request-1234", "198.51.100.7")):
        headers = published()
    assert headers == {"id": TASK_ID, HEADER: "request-1234"}
    assert worked(headers) == "request-1234"


@pytest.mark.parametrize("given", [None, "", "a\nb", "x" * 40])
def test_a_task_without_one_has_its_own(given: str | None) -> None:
    assert published() == {"id": TASK_ID}
    assert worked({"id": TASK_ID, HEADER: given}) == "0123456789abcdef"
