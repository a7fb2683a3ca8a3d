"""Every error below /api/ is problem details in JSON, whatever layer answers."""

import pytest
from django.db import OperationalError
from django.test import Client

from portal.tenancy import tokens
from tests.answers import missing_headers
from tests.portal.api.programs import TOKEN, code_of, program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/", (404, "api.not_found")),
        ("/api/v1/nothing", (404, "api.not_found")),
        ("/api/v1/token/", (404, "api.not_found")),
        (f"{TOKEN}?a=%00", (400, "api.bad_request")),
        (f"{TOKEN}?a={'a' * 3000}", (400, "api.bad_request")),
    ],
)
def test_what_is_not_there_or_cannot_be_read(path: str, expected: tuple[int, str]) -> None:
    answer = Client().get(path)
    assert code_of(answer) == expected
    assert missing_headers(answer) == []
    found = answer.json()
    assert (found["type"], found["status"]) == ("about:blank", answer.status_code)
    assert found["request_id"] == answer["X-Request-ID"]
    assert {"title", "detail", "todo"} <= set(found)


@pytest.mark.parametrize(
    ("fault", "expected"), [(RuntimeError("x"), (500, "api.failed")), (OperationalError("x"), (503, "api.unavailable"))]
)
def test_a_failure_of_ours(monkeypatch: pytest.MonkeyPatch, fault: Exception, expected: tuple[int, str]) -> None:
    pusher = program()

    def fails(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(tokens, "use", fails)
    answer = Client(raise_request_exception=False).get(TOKEN, headers={"Authorization": f"Bearer {pusher.text}"})
    assert code_of(answer) == expected
    assert ("Retry-After" in answer) is (expected[0] == 503)


def test_pages_stay_pages() -> None:
    assert Client().get("/nothing/")["Content-Type"].startswith("text/html")
