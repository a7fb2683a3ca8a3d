"""A message as Django's ValidationError, for services to raise.

Forms, pages and the command line show its text, which is written when it is read; callers and tests compare its `code`.
"""

from django.core.exceptions import ValidationError
from django.utils.functional import lazystr

from portal.messages.catalogue import explanation_of
from portal.messages.message import Message


class _Explanation:
    def __init__(self, message: Message) -> None:
        self._message = message

    def __str__(self) -> str:
        return explanation_of(self._message)


class MessageError(ValidationError):
    """An error that keeps its message, so that the command line can print the parameters too."""

    def __init__(self, source: Message) -> None:
        super().__init__(lazystr(_Explanation(source)), code=source.code)
        self.source = source


def validation_error(message: Message) -> ValidationError:
    """Return an error with the message's code; its text says what happened, the cause and what to do."""
    return MessageError(message)


def source_of(error: ValidationError) -> Message:
    """Return the message of an error that `validation_error` made. Raises TypeError for another."""
    if not isinstance(error, MessageError):
        raise TypeError("This error has no message.")
    return error.source


def field_error(field: str, *messages: Message) -> ValidationError:
    """Return an error of one field of a form or a spec."""
    return ValidationError({field: [validation_error(message) for message in messages]})
