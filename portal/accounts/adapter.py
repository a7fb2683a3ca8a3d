"""What allauth asks this project: https://docs.allauth.org/en/latest/mfa/adapter.html.

allauth keeps the rows of second factors, runs the ceremony of WebAuthn and the stages of a sign-in. The pages, words,
limits and secrets are the portal's own.
"""

from typing import Any, NoReturn
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest

NAME = "Sluice"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """A sign-in has one stage after the password; nothing is said or mailed by allauth itself."""

    def get_login_stages(self) -> list[str]:
        """Return the stage of the second factor."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def add_message(self, *_: Any, **__: Any) -> None:
        """Say nothing: pages do."""

    def send_notification_mail(self, *_: Any, **__: Any) -> None:
        """Send nothing."""


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Passkeys are bound to the portal's host name; secrets go through the secret store, never through allauth."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the site for which passkeys are created: https://www.w3.org/TR/webauthn-3/#relying-party-identifier."""
        return {"id": rp_id(context.request), "name": NAME}

    def encrypt(self, text: str) -> NoReturn:
        """Refuse: allauth does not say whose secret it is, so it could not be bound to its row."""
        raise NotImplementedError("secrets are encrypted by portal.accounts.second_factors")

    def decrypt(self, encrypted_text: str) -> NoReturn:
        """Refuse, as above."""
        raise NotImplementedError("secrets are decrypted by portal.accounts.second_factors")


def rp_id(request: HttpRequest) -> str:
    """Return the host name to which passkeys are bound: that of SLUICE_PORTAL_URL, else of the request."""
    return urlsplit(settings.SLUICE_PORTAL_URL or f"//{request.get_host()}").hostname or ""


def passkeys_work_here(request: HttpRequest) -> bool:
    """Return whether the page's own address can use passkeys: that host, by HTTPS or on this machine."""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    return host == rp_id(request) and (request.is_secure() or host == "localhost")
