"""Django's own error report shows no value that may be secret, even in development."""

import sys

from django.test import RequestFactory
from django.views.debug import ExceptionReporter, get_exception_reporter_filter

from portal.exception_reports import WithoutSecrets
from tests.portal.test_secret_patterns import SECRET_KEY

# The report quotes the lines of this file, so that none of them has these as they are sent.
PASSWORD, SESSION = "hunter2" + "horse", "k3j2h1" + "zz"


def report() -> str:
    request = RequestFactory().post("/", {"password": PASSWORD}, headers={"Cookie": f"sessionid={SESSION}"})
    held = SECRET_KEY
    try:
        raise ValueError(f"of {len(held)} characters")
    except ValueError:
        return ExceptionReporter(request, *sys.exc_info()).get_traceback_html()


def test_it_is_the_filter_of_every_report(rf: RequestFactory) -> None:
    assert type(get_exception_reporter_filter(rf.get("/"))) is WithoutSecrets


def test_a_report_names_variables_and_shows_no_value(settings) -> None:
    settings.DEBUG = True
    page = report()
    assert "held" in page
    for secret in (SECRET_KEY, PASSWORD, SESSION, settings.SECRET_KEY, settings.REDIS_URL):
        assert secret not in page
