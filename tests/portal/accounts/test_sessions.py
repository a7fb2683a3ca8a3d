"""Sessions: listed, ended from elsewhere, and over when their person is idle or has worked for half a day."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal import live
from portal.accounts import second_factors, sessions
from portal.accounts.middleware import BY_ITSELF
from portal.accounts.models import SignedIn
from portal.tenancy import proof
from portal.tenancy.models import AuditEvent
from tests.portal.accounts.people import Browser
from tests.world import PASSWORD

PAGE = "/accounts/security/"


@pytest.fixture
def both(ada: Browser) -> tuple[Browser, Browser]:
    """Ada in two browsers."""
    ada.client = Client(HTTP_USER_AGENT="Laptop")
    phone = Browser(ada.user, Client(HTTP_USER_AGENT="Phone"))
    for browser in (ada, phone):
        assert browser.password()["Location"] == "/"
    return ada, phone


def test_both_are_listed_and_no_session_key_is_in_the_page(both) -> None:
    laptop, phone = both
    page = laptop.get(PAGE).content.decode()
    assert page.count("This browser") == 1
    assert "Laptop" in page
    assert "Phone" in page
    assert phone.client.session.session_key not in page


def test_one_is_ended_from_the_other_and_its_event_streams_end(
    both, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    laptop, phone = both
    ended: list[str] = []
    monkeypatch.setattr(live, "end_streams", lambda *, session_key="", user_id=None: ended.append(session_key))
    row = SignedIn.objects.get(session_id=phone.client.session.session_key)
    key = row.session_id
    with django_capture_on_commit_callbacks(execute=True):
        laptop.post("/accounts/security/sessions/end/", {"session": sessions.name_of(row)})
    assert ended == [key]
    assert phone.get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"
    assert laptop.is_signed_in
    assert AuditEvent.objects.filter(action="accounts:session:ended").count() == 1


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari · iPhone"),
        ("curl/8.0", "curl/8.0"),
        ("", ""),
    ],
)
def test_a_browser_is_shown_by_its_name(agent: str, shown: str) -> None:
    assert sessions.browser_of(SignedIn(user_agent=agent)) == shown


def test_all_others_are_ended(both) -> None:
    laptop, phone = both
    laptop.post("/accounts/security/sessions/end/", {"session": "others"})
    assert (laptop.is_signed_in, phone.is_signed_in) == (True, False)


def test_no_one_ends_a_session_of_someone_else(both) -> None:
    laptop, _ = both
    eve = Browser(type(laptop.user).objects.create_user("eve@north.example", PASSWORD))
    eve.password()
    for row in SignedIn.objects.filter(user=laptop.user):
        eve.post("/accounts/security/sessions/end/", {"session": sessions.name_of(row)})
    assert laptop.is_signed_in


def test_a_changed_password_ends_the_others(both) -> None:
    laptop, phone = both
    new = "a boiler and seven lifts"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert laptop.post("/accounts/password/", {**form, "old_password": "wrong"}).status_code == 422
    assert laptop.post("/accounts/password/", form)["Location"] == PAGE
    assert (laptop.is_signed_in, phone.is_signed_in) == (True, False)
    assert sessions.of(laptop.user).count() == 1


def test_a_new_second_factor_ends_the_others(both) -> None:
    laptop, phone = both
    laptop.add_totp()
    assert (laptop.is_signed_in, phone.is_signed_in) == (True, False)
    laptop.post(f"/accounts/security/factors/{second_factors.summary_of(laptop.user).totp.pk}/remove/")
    assert not second_factors.summary_of(laptop.user).codes


def test_signing_out_and_clearing_leave_no_row(both) -> None:
    laptop, _ = both
    laptop.post("/accounts/logout/")
    assert SignedIn.objects.count() == 1
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    call_command("clearsessions")
    assert not SignedIn.objects.exists()


def end_of(browser: Browser) -> timedelta:
    row = Session.objects.get(pk=browser.client.session.session_key)
    return row.expire_date - timezone.now()


def age(browser: Browser, *, idle: timedelta, begun: timedelta) -> None:
    """Let the browser's session be idle for so long, and begun before so long."""
    session = browser.client.session
    session[sessions.STARTED_AT] = (timezone.now() - begun).isoformat()
    session.set_expiry(timezone.now() + sessions.idle_limit() - idle)
    session.save()


def test_an_idle_session_ends_and_one_in_use_does_not(ada: Browser) -> None:
    ada.password()
    minute = timedelta(minutes=1)
    assert timedelta(minutes=59) < end_of(ada) <= timedelta(minutes=60)
    age(ada, idle=30 * minute, begun=30 * minute)
    ada.get(PAGE, follow=True)
    assert end_of(ada) > timedelta(minutes=59)
    age(ada, idle=61 * minute, begun=61 * minute)
    assert not ada.is_signed_in


def test_half_a_day_is_the_end_for_everyone(ada: Browser, settings) -> None:
    ada.password()
    absolute = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    age(ada, idle=timedelta(minutes=30), begun=absolute - timedelta(minutes=5))
    ada.get(PAGE)
    assert end_of(ada) <= timedelta(minutes=30)
    session = ada.client.session
    sessions.extend(session)
    assert session.get_expiry_date() - timezone.now() <= timedelta(minutes=5)


def test_a_page_that_refreshes_itself_shows_no_ones_presence(ada: Browser) -> None:
    ada.password()
    age(ada, idle=timedelta(minutes=30), begun=timedelta(minutes=30))
    ada.client.get(PAGE, headers={"Host": "localhost:8000", BY_ITSELF: "1"})
    assert end_of(ada) < timedelta(minutes=31)


def test_the_limits_cost_no_query_while_the_session_is_fresh(ada: Browser, settings) -> None:
    ada.password()
    ada.get("/accounts/password/")
    counts = []
    for is_required in (False, True):
        settings.SLUICE_STAFF_SECOND_FACTOR = is_required
        session = ada.client.session
        session[proof.SECOND_FACTOR] = True
        session.save()
        with CaptureQueriesContext(connection) as queries:
            ada.get("/accounts/password/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3


def test_commands_sign_a_person_out_and_reset_their_factors(both) -> None:
    laptop, phone = both
    second_factors.add_totp(laptop.user, "A" * 32, 0)
    out = StringIO()
    call_command("account", "reset-second-factor", laptop.user.email, stdout=out)
    assert "sessions ended: 2" in out.getvalue()
    assert AuditEvent.objects.get(action="accounts:session:ended").actor == "command line"
    assert not second_factors.has_any(laptop.user)
    phone.password()
    call_command("account", "sign-out", laptop.user.email.upper(), stdout=out)
    assert not phone.is_signed_in
