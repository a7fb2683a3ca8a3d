"""The form of every line in the log: time, level, request, logger, message; without secrets, and one line a record.

Secrets are removed from the finished text, after arguments, tracebacks and stacks are in it: no way of logging leads
round it. See docs/decisions/0047-secrets-in-logs.md.
"""

import logging
import re
import sys
import threading
from types import TracebackType
from typing import Any

from portal import request_context
from portal.secret_patterns import without_secrets

FORMAT = "%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s"
NO_REQUEST = "-"
# A line of a message that begins like a record of its own would deceive who reads the log; so would a terminal's codes.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
log = logging.getLogger(__name__)


class LogLines(logging.Formatter):
    """A formatter whose result has no secret, and whose message has no line breaks; a traceback is indented."""

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line, with its traceback below."""
        record.request_id = request_context.origin().request_id or NO_REQUEST
        return without_secrets(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's own name)
        """Return the line itself, with what would break it escaped."""
        record.message = _CONTROL.sub(_escaped, without_secrets(record.message))
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802  (logging's own name)
        """Return the traceback, so that none of its lines looks like a record."""
        return _indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802  (logging's own name)
        """Return the stack, likewise."""
        return _indented(super().formatStack(stack_info))


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def log_uncaught() -> None:
    """Write what ends the process or a thread as a line of the log, so that its traceback has no secret either."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None) -> None:
    if error is None or issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    # Not through a handler: there may be none yet, and logging's own last resort removes nothing.
    found = (kind, error, traceback)
    record = log.makeRecord(log.name, logging.CRITICAL, "", 0, "process.uncaught", (), found)
    sys.stderr.write(f"{LogLines().format(record)}\n")
