"""Refuses settings that would be unsafe on a server: outside development, no process starts with them."""

from collections.abc import Iterable, Iterator

from portal.env import BadEnvironment

# As Django's security.W009 asks: https://docs.djangoproject.com/en/5.2/ref/checks/#security
LEAST_CHARACTERS = 50
LEAST_DIFFERENT = 5


def refuse(
    *, secret_key: str, allowed_hosts: Iterable[str], debug: bool, https: bool, staff_second_factor: bool
) -> None:
    """Raise BadEnvironment with a line for every weak setting; the secret key is never among its text."""
    if found := list(
        _weak(secret_key, allowed_hosts, debug=debug, https=https, staff_second_factor=staff_second_factor)
    ):
        raise BadEnvironment("\n".join([*found, "On a developer's machine set SLUICE_DEVELOPMENT=1 to allow this."]))


def _weak(
    secret_key: str, allowed_hosts: Iterable[str], *, debug: bool, https: bool, staff_second_factor: bool
) -> Iterator[str]:
    if len(secret_key) < LEAST_CHARACTERS or len(set(secret_key)) < LEAST_DIFFERENT:
        yield (
            f"SLUICE_SECRET_KEY is too weak: it must have at least {LEAST_CHARACTERS} random characters. "
            'To create one: python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    for host in allowed_hosts:
        if not host.strip(".*"):
            yield f"SLUICE_ALLOWED_HOSTS contains “{host}”, which allows every host name. List the portal's own."
    if debug:
        yield "SLUICE_DEBUG is on: its error pages show settings and secrets to everyone."
    if not https:
        yield "SLUICE_HTTPS is off: sessions and passwords could be read on the network."
    if not staff_second_factor:
        yield "SLUICE_STAFF_SECOND_FACTOR is off: a password alone would open every tenant to its reader."
