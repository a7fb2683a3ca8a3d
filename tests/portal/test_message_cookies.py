"""The cookie of messages has the attributes of the session's, also before anyone has signed in."""

import pytest
from django.http import HttpResponse
from django.test import Client


def asked(client: Client) -> HttpResponse:
    return client.post("/accounts/password/forgotten/", {"email": ""})


@pytest.mark.django_db
def test_over_https_only_this_host_can_set_it(settings, clean_redis) -> None:
    settings.SESSION_COOKIE_SECURE = True
    client = Client()
    [(name, cookie)] = asked(client).cookies.items()
    assert name == "__Host-messages"
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"]) == ("/", "")
    shown = client.get("/accounts/login/")
    assert "a mail with a link is on its way" in shown.content.decode()
    assert (shown.cookies[name].value, shown.cookies[name]["max-age"]) == ("", 0)


@pytest.mark.django_db
def test_without_https_it_has_no_name_that_a_browser_would_refuse(clean_redis) -> None:
    assert list(asked(Client()).cookies) == ["messages"]
