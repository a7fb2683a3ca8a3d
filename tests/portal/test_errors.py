"""Pages of requests that failed: whose side it is, and nothing of a traceback."""

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.template.loader import render_to_string
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


def test_a_part_of_a_page_is_answered_in_words_that_fit_the_page_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> bool:
        raise OperationalError

    monkeypatch.setattr(readiness, "_database_answers", away)
    client = Client(raise_request_exception=False, headers={"HX-Request": "true"})
    page = on_one_line(client.get(reverse("readyz")).content.decode())
    assert "Try again in 10 seconds." in page
    assert "refresh" not in page
    assert "your last change" not in page.lower()


@pytest.mark.parametrize("template", ["400", "403", "403_csrf", "404", "429", "500", "503", "request_refused"])
def test_every_error_page_marks_its_words_for_a_notice_on_another_page(template: str) -> None:
    page = on_one_line(render_to_string(f"{template}.html", {"wait": "7 seconds", "problem": "A field is too long."}))
    notice_html = page.partition("data-refused>")[2].partition("</div>")[0]
    assert page.count("<h1>") == 1
    assert "<p>" in notice_html
    assert ("Try again in 7 second" in notice_html) is (template == "429")
    assert ("A field is too long." in notice_html) is (template == "request_refused")
