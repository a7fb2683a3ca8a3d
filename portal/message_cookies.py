"""Messages that one page leaves for the next, in a cookie that only this host can set, as the session's is.

Django names that cookie `messages` whatever the settings. A browser accepts a name that begins with `__Host-` only over
HTTPS, from the host itself and for all of its paths.
https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
"""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookie(CookieStorage):
    """Messages in a cookie, which is named for its host where the portal requires HTTPS."""

    @property
    def cookie_name(self) -> str:  # type: ignore[override]  # a plain attribute of Django's class
        """Return the cookie's name."""
        return "__Host-messages" if settings.SESSION_COOKIE_SECURE else "messages"


class HostCookieOrSession(FallbackStorage):
    """Messages in the cookie, and in the session what does not fit into it."""

    storage_classes = (HostCookie, SessionStorage)
