"""A browser without a screen: somebody who has signed in, for a web process of the installation."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

import httpx
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from portal.tenancy import proof
from portal.tenancy.models import Tenant
from tests.world import person

_TOKEN = "t" * 32


@dataclass
class Visitor:
    """Reads and posts."""

    client: httpx.Client

    def get(self, path: str) -> httpx.Response:
        """Read a page."""
        return self.client.get(path)

    def post(self, path: str, **sent: str) -> httpx.Response:
        """Send a form, and follow to the page that comes."""
        return self.client.post(path, data=sent, headers={"X-CSRFToken": _TOKEN}, follow_redirects=True)

    def post_only(self, path: str, **sent: str) -> httpx.Response:
        """Send a form as a page has it, with its token among the fields, and follow to nowhere."""
        return self.client.post(path, data={"csrfmiddlewaretoken": _TOKEN, **sent})

    @contextmanager
    def events(self, path: str) -> Iterator[Iterator[str]]:
        """Open an event stream; yields the names of its events as they come, and ends with it."""
        with self.client.stream("GET", path) as answer:
            assert answer.status_code == 200
            yield (line.removeprefix("event: ") for line in answer.iter_lines() if line.startswith("event: "))


def visitor(address: str, tenant: Tenant) -> Visitor:
    """Let a new admin of the tenant sign in."""
    admin = person(f"admin@{tenant.slug}.example", tenant)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(admin.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = admin.get_session_auth_hash()
    proof.record(session)  # has just signed in, so nothing asks to confirm it
    session.create()
    cookies = {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: _TOKEN}
    return Visitor(httpx.Client(base_url=address, cookies=cookies, timeout=20))
