"""Reads SLUICE_MAIL_URL into Django's settings for mail."""

from urllib.parse import unquote, urlsplit

from portal.env import BadEnvironment

TIMEOUT_SECONDS = 10
_PORTS = {"smtp": 587, "smtps": 465}
_BACKENDS = "django.core.mail.backends"


def mail_settings(url: str, sender: str) -> dict[str, object]:
    """Return Django's EMAIL settings of `smtp://user:password@host:587`, `smtps://…` or `file:///folder`.

    `smtp` changes to TLS with STARTTLS before anything is sent, except with `?tls=off`; `smtps` uses TLS from the
    beginning. Without a URL nothing is sent. Raises BadEnvironment; its text repeats no part of a password.
    https://docs.djangoproject.com/en/5.2/ref/settings/#email-backend
    """
    if not url:
        return {"EMAIL_BACKEND": f"{_BACKENDS}.dummy.EmailBackend"}
    if not sender:
        raise BadEnvironment("SLUICE_MAIL_FROM is not set, but SLUICE_MAIL_URL is. See docs/configuration.md.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadEnvironment("SLUICE_MAIL_URL is not a URL: write “/”, “#” and “@” in a password as %2F …") from None
    if parts.scheme == "file" and parts.path:
        return {"EMAIL_BACKEND": f"{_BACKENDS}.filebased.EmailBackend", "EMAIL_FILE_PATH": unquote(parts.path)}
    if parts.scheme not in _PORTS or not parts.hostname or parts.query not in {"", "tls=off"}:
        raise BadEnvironment("SLUICE_MAIL_URL must be smtp://host:587, smtps://host:465 or file:///folder.")
    return {
        "EMAIL_BACKEND": f"{_BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp" and parts.query != "tls=off",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": TIMEOUT_SECONDS,
    }
