"""People of these tests, in their browsers: how they sign in, set up factors, and answer for them."""

import re
import time
from dataclasses import dataclass, field

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client

from portal.accounts import second_factors
from portal.tenancy.models import User
from tests.portal.accounts.soft_passkey import SoftPasskey
from tests.world import PASSWORD

HOST = "localhost:8000"
LOGIN, SECOND_FACTOR = "/accounts/login/", "/accounts/second-factor/"


@dataclass
class Browser:
    """A person's browser, and the secret in their authenticator app."""

    user: User
    client: Client = field(default_factory=lambda: Client(SERVER_NAME="localhost", SERVER_PORT="8000"))
    secret: str = ""

    def password(self, password: str = PASSWORD, **data: str) -> HttpResponse:
        """Type address and password at the sign-in page."""
        return self.client.post(LOGIN, {"username": self.user.email, "password": password, **data}, headers=self._host)

    def get(self, url: str, **kwargs: object) -> HttpResponse:
        return self.client.get(url, headers=self._host, **kwargs)

    def post(self, url: str, data: dict[str, str] | None = None, **kwargs: object) -> HttpResponse:
        return self.client.post(url, data or {}, headers=self._host, **kwargs)

    def add_totp(self) -> HttpResponse:
        """Set up an authenticator app by the pages."""
        assert self.post("/accounts/security/app/")["Location"] == "/accounts/security/app/add/"
        page = self.get("/accounts/security/app/add/").content.decode()
        self.secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
        return self.post("/accounts/security/app/add/", {"code": self.code()})

    def add_passkey(self, passkey: SoftPasskey, name: str = "Laptop") -> HttpResponse:
        """Add a passkey by the page."""
        options = self.post("/accounts/passkey/options/", {"purpose": "add"}).json()
        return self.post("/accounts/security/passkeys/", {"credential": passkey.create(options), "name": name})

    def options(self) -> dict:
        return self.post("/accounts/passkey/options/", {"purpose": "use"}).json()

    def code(self, seconds: float = 0) -> str:
        """The code that an app shows whose clock is off by so many seconds."""
        step = int(time.time() + seconds) // second_factors.STEP_SECONDS
        return format_hotp_value(hotp_value(self.secret, step))

    @property
    def is_signed_in(self) -> bool:
        return self.get("/accounts/security/").status_code == 200

    @property
    def _host(self) -> dict[str, str]:
        return {"Host": HOST}


def forget_used_codes(user: User) -> None:
    """Let the code of the present half minute be used again: tests do not wait for the next."""
    row = second_factors.summary_of(user).totp
    row.data["last_step"] = 0
    row.save()
