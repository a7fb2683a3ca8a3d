"""Does the checks that pages of the wizard requested, as a worker: asks AWS, and writes the answer into the draft.

An answer belongs to what was typed when it was requested. If that was edited meanwhile, the answer changes nothing.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from onboarding import check_queue
from onboarding.drafts import codec
from onboarding.drafts import services as drafts
from onboarding.integrations import adoption
from onboarding.models.integration import Integration
from onboarding.models.resource_check import ResourceCheck
from onboarding.row_locks import lock_integration
from onboarding.wizard import check_answers, pages
from onboarding.wizard.check_answers import Answer
from onboarding.wizard.check_requests import Subject, bucket_subject, stream_subject
from portal import deadlocks
from portal.messages.message import Message

SubjectOf = Callable[[Integration], Subject]


def check_stream(check: ResourceCheck) -> None:
    """Ask AWS whether the stream of a draft exists, and write the answer into its page."""
    typed = check.input
    searching = Message("check.stream_searching", stream=typed["name"], region=typed["region"])
    _check(check, stream_subject, searching, lambda draft: _stream_answer(draft, check), _save_stream)


def check_bucket(check: ResourceCheck) -> None:
    """Ask AWS about the bucket of a delivery, and write the answer into the delivery's form."""
    searching = Message("check.bucket_searching", bucket=check.input["bucket"])
    _check(
        check,
        lambda draft: bucket_subject(draft, check.part),
        searching,
        lambda draft: check_answers.of_bucket(draft, _delivery(draft, check)),
        lambda draft, values: _save_delivery(draft, check, values),
    )


def _check(
    check: ResourceCheck,
    subject_of: SubjectOf,
    searching: Message,
    ask: Callable[[Integration], Answer],
    save: Callable[[Integration, dict[str, Any]], object],
) -> None:
    integration = check.integration
    with check_queue.finishing(check, integration.tenant):
        if subject_of(integration).typed != check.input:
            return
        check_queue.keep(check, progress=searching)
        answer = ask(integration)
        with suppress(Integration.DoesNotExist):  # the draft was discarded meanwhile
            _keep_answer(check, subject_of, answer, save)


@deadlocks.atomic
def _keep_answer(
    check: ResourceCheck,
    subject_of: SubjectOf,
    answer: Answer,
    save: Callable[[Integration, dict[str, Any]], object],
) -> None:
    draft = lock_integration(check.integration_id)
    if subject_of(draft).typed != check.input:
        return
    if answer.adopts is not None:
        adoption.confirm(integration=draft, found=answer.adopts, actor=check.requested_by)
        drafts.begin_turn(integration=draft)  # a page that still shows other settings must not save them
    if answer.values:
        save(draft, answer.values)
    # What the answer has changed is a part of what it belongs to.
    check_queue.keep(check, input=subject_of(draft).typed, report=answer.report, leads_on=answer.leads_on)


def _stream_answer(draft: Integration, check: ResourceCheck) -> Answer:
    return check_answers.of_stream(draft, pages.values_of(draft, "stream"))


def _save_stream(draft: Integration, values: dict[str, Any]) -> None:
    drafts.save_page(integration=draft, page="stream", values={**pages.values_of(draft, "stream"), **values})


def _delivery(draft: Integration, check: ResourceCheck) -> dict[str, Any]:
    return codec.deliveries_of(draft.draft)[check.part]


def _save_delivery(draft: Integration, check: ResourceCheck, values: dict[str, Any]) -> None:
    drafts.save_delivery(integration=draft, key=check.part, values={**_delivery(draft, check), **values})
