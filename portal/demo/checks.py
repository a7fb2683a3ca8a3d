"""What the demo requires of a machine, with the message to print where it is missing."""

import shutil
from collections.abc import Mapping

from portal.local.ports import is_busy

_GNUPG = {
    "apt-get": "sudo apt-get install gnupg",
    "dnf": "sudo dnf install gnupg2",
    "apk": "sudo apk add gnupg",
    "pacman": "sudo pacman -S gnupg",
    "brew": "brew install gnupg",
}


def problem(*, host: str, port: int) -> str | None:
    """Return the first problem that prevents the demo from starting, as a message, or None."""
    return gnupg_missing() or port_unusable(host, port)


def gnupg_missing(installers: Mapping[str, str] = _GNUPG) -> str | None:
    """Return how to install GnuPG on this system where it is missing, or None."""
    if shutil.which("gpg"):
        return None
    how = next((line for tool, line in installers.items() if shutil.which(tool)), "see https://gnupg.org/download")
    return f"GnuPG is not installed. Sluice needs it to encrypt. To install it: {how}"


def port_unusable(host: str, port: int) -> str | None:
    """Return why the web server cannot use this address, or None."""
    try:
        busy = is_busy(host, port)
    except OSError as error:
        return f"The web server cannot listen on {host}:{port}: {error.strerror or error}. Set HOST= and PORT=."
    if not busy:
        return None
    return f"Port {port} of {host} is in use by another program. Choose another port: make demo PORT={port + 1}"
