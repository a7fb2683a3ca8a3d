"""What a step answers: done, waiting, or refused; each with a message as code and parameters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from onboarding.provisioning.plan import INTEGRATION_TAG
from onboarding.provisioning.polling import Pace
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class Done:
    """The step's condition holds. `found` is what existed before, `did` what was changed."""

    arn: str = ""
    found: Message | None = None
    did: Message | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The condition does not hold yet and will by itself: check again in so many seconds, or at AWS's usual pace.

    `detail` is AWS's own text, where AWS refused something for now. With `patience`, the step fails with `failure` if
    it still waits after so long; without, after ten minutes. A step that has not begun waits for another run, however
    long that takes.
    """

    retry_in: float | Pace
    reason: Message
    detail: str = ""
    patience: timedelta | None = None
    failure: Message | None = None
    has_begun: bool = True


class Refused(Exception):
    """A step that cannot continue until someone acts; `detail` is AWS's own text."""

    def __init__(self, message: Message, detail: str = "") -> None:
        super().__init__(message.code)
        self.message = message
        self.detail = detail


def together(outcomes: Sequence[Message]) -> Message | None:
    """Return several outcomes as one message; None for none."""
    if len(outcomes) < 2:
        return next(iter(outcomes), None)
    return Message("outcome.several", outcomes=outcomes)


def not_ours(resource: Message, tags: dict[str, str]) -> Refused:
    """Return the refusal for something that exists and is not this integration's."""
    if INTEGRATION_TAG in tags:
        owner = tags[INTEGRATION_TAG]
        return Refused(Message("refused.of_another_integration", resource=resource, tag=INTEGRATION_TAG, owner=owner))
    return Refused(Message("refused.not_created_by_sluice", resource=resource))
