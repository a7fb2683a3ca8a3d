"""No secret reaches the log, whichever way it is logged, and no line deceives who reads it."""

import io
import logging
import logging.config
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from celery import Celery
from celery.app.trace import build_tracer
from django.conf import settings

from portal import log_lines, request_context
from portal.celery import app
from portal.log_lines import LogLines
from portal.request_context import Origin
from tests.portal.test_secret_patterns import SECRETS

Logged = Callable[[], str]


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Logged]:
    """What the handlers of settings.LOGGING, and what writes to standard error itself, have written so far."""
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    before = {name: logging.getLogger(name).level for name in ("", "uvicorn", "uvicorn.access")}
    handlers = logging.getLogger().handlers[:]
    for name in before:
        logging.getLogger(name).setLevel(logging.NOTSET)  # a test that serves pages sets it for its own server
    logging.config.dictConfig(settings.LOGGING)
    yield lambda: (out.write(capsys.readouterr().err), out.getvalue())[1]
    logging.getLogger().handlers[:] = handlers
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def fail(secret: str) -> None:
    held = secret
    raise ValueError(f"could not use {held}")


def as_message(secret: str) -> None:
    logging.getLogger("portal").warning(f"found {secret}")  # noqa: G004  (what a careless line would do)


def as_argument(secret: str) -> None:
    logging.getLogger("some.library").warning("found %s in %r", secret, {"a": secret})


def as_traceback(secret: str) -> None:
    try:
        fail(secret)
    except ValueError as cause:
        try:
            raise RuntimeError("failed") from cause
        except RuntimeError:
            logging.getLogger("portal").exception("run.failed")


def as_access(secret: str) -> None:
    logging.getLogger("uvicorn.access").warning(
        '%s - "%s %s HTTP/%s" %d', "192.0.2.1", "GET", f"/?x={secret}", "1.1", 200
    )


def as_server_error(secret: str) -> None:
    try:
        fail(secret)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")


def as_warning(secret: str) -> None:
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").warning("deprecated: %s", secret)
    logging.captureWarnings(False)


def as_task(secret: str) -> None:
    other = Celery("other", set_as_current=False, task_ignore_result=True)

    @other.task(name="tests.failing")
    def failing() -> None:
        fail(secret)

    build_tracer(failing.name, failing, app=other)("id-1", [], {}, {"id": "id-1"})


def as_uncaught(secret: str) -> None:
    try:
        fail(secret)
    except ValueError as error:
        log_lines._uncaught(type(error), error, error.__traceback__)


WAYS = [as_message, as_argument, as_traceback, as_access, as_server_error, as_warning, as_task, as_uncaught]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_no_way_of_logging_writes_a_secret(way: Callable[[str], None], logged: Logged) -> None:
    for secret, parts in SECRETS.values():
        way(secret)
        assert [part for part in parts if part in logged()] == [], secret
    assert len(logged().splitlines()) >= len(SECRETS)


@pytest.mark.parametrize(
    "name", ["uvicorn", "uvicorn.access", "uvicorn.error", "celery", "django", "django.server", "portal"]
)
def test_every_logger_writes_by_this_formatter(name: str, logged: Logged) -> None:
    logger: logging.Logger | None = logging.getLogger(name)
    handlers = []
    while logger:
        handlers += logger.handlers
        logger = logger.parent if logger.propagate else None
    own = [handler for handler in handlers if type(handler) is logging.StreamHandler]
    assert len(own) == 1, "each line is written once"
    assert isinstance(own[0].formatter, LogLines)


def test_celery_adds_no_handler() -> None:
    assert app.log.setup_logging_subsystem() is not None
    assert [type(handler) for handler in logging.getLogger("celery.task").handlers] == [logging.NullHandler]


def test_each_line_has_its_request(logged: Logged) -> None:
    with request_context.within(Origin("request-1234")):
        logging.getLogger("portal").warning("inside")
    logging.getLogger("portal").warning("outside")
    inside, outside = logged().splitlines()
    assert inside.endswith("WARNING request-1234 portal inside")
    assert outside.endswith("WARNING - portal outside")


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\x1b[31mb", "a\u2028b", "a\x85b"])
def test_a_message_is_one_line_without_control_characters(text: str, logged: Logged) -> None:
    logging.getLogger("portal").warning("got %s", text)
    [line] = logged().splitlines()
    assert line.isprintable()


def test_no_line_of_a_traceback_looks_like_a_record(logged: Logged) -> None:
    try:
        fail("\n2026-11-29 12:00:00,000 INFO - portal deceived")
    except ValueError:
        logging.getLogger("portal").exception("run.failed")
    first, *others = logged().splitlines()
    assert "run.failed" in first
    assert all(line.startswith("  ") for line in others)


def test_a_process_that_fails_shows_no_secret() -> None:
    secret, _ = SECRETS["a secret access key"]
    code = f"from portal import log_lines; log_lines.log_uncaught(); held = {secret!r}; raise ValueError(held)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert "process.uncaught" in ended.stderr
    assert "ValueError" in ended.stderr
    assert secret not in ended.stderr
