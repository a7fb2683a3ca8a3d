"""Static files, their 304, HEAD and errors have the headers of pages, which tests/architecture/test_urls.py asks."""

from http import HTTPStatus

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from portal import security_headers
from portal.security_headers import SecurityHeaders
from tests.answers import missing_headers

FILE = "/static/sluice/logo.svg"
BAD_HOST = {"HTTP_HOST": "evil.example"}


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_static_file_has_them_and_may_be_kept(method: str) -> None:
    answer = getattr(Client(), method)(FILE)
    assert (answer.status_code, missing_headers(answer)) == (HTTPStatus.OK, [])
    assert "max-age" in answer["Cache-Control"]
    assert "HX-Request" not in answer.get("Vary", "")
    again = getattr(Client(), method)(FILE, headers={"If-Modified-Since": answer["Last-Modified"]})
    assert (again.status_code, missing_headers(again)) == (HTTPStatus.NOT_MODIFIED, [])


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("/nowhere", {}, 404),
        ("/healthz", {}, 200),
        ("/healthz", BAD_HOST, 400),
        ("/static/nothing.css", {}, 404),
        ("/healthz?x=%00", {}, 400),
    ],
)
def test_an_error_has_them_and_is_not_kept(path: str, more: dict[str, str], status: int) -> None:
    answer = Client().get(path, **more)
    assert (answer.status_code, missing_headers(answer)) == (status, [])
    assert answer["Cache-Control"] == "no-store"


def test_a_redirect_to_https_has_them() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "SECURE_SSL_REDIRECT", True)
        answer = Client().get("/healthz")
    assert (answer.status_code, missing_headers(answer)) == (301, [])


def test_what_an_answer_says_itself_stays() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Cache-Control": "max-age=60"})

    assert SecurityHeaders(view)(RequestFactory().get("/"))["Cache-Control"] == "max-age=60"


def test_the_policy_allows_nothing_inline_and_is_reported() -> None:
    answer = Client().get("/healthz")
    policy = answer["Content-Security-Policy"]
    for directive in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert f"{directive} 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert "report-to csp" in policy
    assert "report-uri /csp-report" in policy
    assert answer["Reporting-Endpoints"] == 'csp="/csp-report"'


def test_no_feature_of_the_browser_is_allowed() -> None:
    features = security_headers.HEADERS["Permissions-Policy"].split(", ")
    assert {feature.partition("=")[2] for feature in features} == {"()"}


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/healthz", "text/plain; charset=utf-8"),
        (FILE, "image/svg+xml; charset=utf-8"),
        ("/static/sluice/live.js", 'text/javascript; charset="utf-8"'),
        ("/nowhere", "text/html; charset=utf-8"),
    ],
)
def test_the_type_of_a_text_names_its_characters(path: str, content_type: str) -> None:
    assert Client().get(path)["Content-Type"] == content_type


@pytest.mark.parametrize("path", ["/healthz", "/accounts/login/", FILE])
def test_no_other_site_may_read_an_answer(path: str) -> None:
    answer = Client().get(path, headers={"Origin": "https://evil.example"})
    assert [name for name in answer.headers if name.startswith("Access-Control-")] == []


@pytest.mark.parametrize("path", ["/", "/healthz", "/accounts/login/", "/admin/", "/csp-report", "/nowhere", FILE])
def test_no_answer_repeats_the_headers_of_a_trace(path: str) -> None:
    answer = Client().generic("TRACE", path, headers={"X-Secret": "repeated"})
    assert answer.status_code in {302, 404, 405}
    assert b"repeated" not in b"".join(answer) + answer.serialize_headers()
