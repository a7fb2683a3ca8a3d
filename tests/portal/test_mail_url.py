"""What SLUICE_MAIL_URL becomes, and what is refused at the start."""

import pytest

from portal.env import BadEnvironment
from portal.mail_url import mail_settings

SENDER = "sluice@vendor.example"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", {"EMAIL_HOST": "mail.example", "EMAIL_PORT": 587, "EMAIL_USE_TLS": True}),
        ("smtp://mail.example:25?tls=off", {"EMAIL_PORT": 25, "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False}),
        ("smtps://mail.example", {"EMAIL_PORT": 465, "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True}),
        ("smtp://a%40b:p%2Fw@mail.example", {"EMAIL_HOST_USER": "a@b", "EMAIL_HOST_PASSWORD": "p/w"}),
        ("file:///var/mail%20box", {"EMAIL_FILE_PATH": "/var/mail box"}),
    ],
)
def test_a_url_becomes_settings(url: str, expected: dict[str, object]) -> None:
    found = mail_settings(url, SENDER)
    assert {name: found[name] for name in expected} == expected


def test_without_a_url_nothing_is_sent() -> None:
    assert mail_settings("", "") == {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://h?tls=maybe", "smtp://u:s3cret@h:port", "file://"]
)
def test_what_is_no_address_of_a_mail_server_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadEnvironment, match="SLUICE_MAIL_URL") as refused:
        mail_settings(url, SENDER)
    assert "s3cret" not in str(refused.value)


def test_a_server_needs_a_sender() -> None:
    with pytest.raises(BadEnvironment, match="SLUICE_MAIL_FROM"):
        mail_settings("smtp://mail.example", "")
