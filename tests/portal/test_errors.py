"""Pages of requests that failed: whose side it is, and nothing of a traceback."""

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.test import Client
from django.urls import reverse

from portal import readiness
from tests.markup import on_one_line

FAULTS = [(OperationalError, 503), (InterfaceError, 503), (ProgrammingError, 500), (ValueError, 500)]


@pytest.mark.parametrize(("fault", "status"), FAULTS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_what_failed_is_told_apart(fault: type[Exception], status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing() -> bool:
        raise fault("secret words of a driver")

    monkeypatch.setattr(readiness, "_database_answers", failing)
    answer = Client(raise_request_exception=False).get(reverse("readyz"))
    page = on_one_line(answer.content.decode())
    assert answer.status_code == status
    assert "on our side" in page
    assert "secret words" not in page
    assert ("Retry-After" in answer) is (status == 503)
    assert ('<a href="?refresh=off">Stop refreshing</a>' in page) is (status == 503)


def test_a_page_that_tries_again_by_itself_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> bool:
        raise OperationalError

    monkeypatch.setattr(readiness, "_database_answers", away)
    client = Client(raise_request_exception=False)
    by_itself, stopped = (
        on_one_line(client.get(reverse("readyz") + query).content.decode()) for query in ("", "?refresh=off&a=1")
    )
    assert 'http-equiv="refresh"' in by_itself
    assert 'http-equiv="refresh"' not in stopped
    assert '<a href="?a=1">Refresh automatically</a>' in stopped
