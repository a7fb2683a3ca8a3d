"""The ID of a request goes with the messages that it sends: what a worker does then has it in its log and audit."""

from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun

from portal import request_context
from portal.request_context import Origin

HEADER = "sluice_request"


@before_task_publish.connect
def add_request(headers: dict[str, Any], **_: object) -> None:
    """Add the ID of the current request to a message's headers."""
    if request_id := request_context.origin().request_id:
        headers[HEADER] = request_id


@task_prerun.connect
def begin(task: Any, task_id: str, **_: object) -> None:
    """Make what the task does come from the request that sent it; a scheduled task has an ID of its own."""
    given = str(task.request.get(HEADER) or "")
    is_usable = request_context.is_well_formed(given)
    request_context.begin(Origin(given if is_usable else task_id.replace("-", "")[:16]))


@task_postrun.connect
def end(**_: object) -> None:
    """Forget the request of the task that is over."""
    request_context.begin(Origin())
