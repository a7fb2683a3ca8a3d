"""What must be true of a machine before the demo starts, each with the sentence to print when it is not."""

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
    """Return the first thing that keeps the demo from starting, as one sentence, or None."""
    return gnupg_missing() or port_unusable(host, port)


def gnupg_missing(installers: Mapping[str, str] = _GNUPG) -> str | None:
    """Say how to install GnuPG on this system, if it is not there."""
    if shutil.which("gpg"):
        return None
    how = next((line for tool, line in installers.items() if shutil.which(tool)), "see https://gnupg.org/download")
    return f"GnuPG is not installed, and Sluice encrypts with it. To install it: {how}"


def port_unusable(host: str, port: int) -> str | None:
    """Say why the web server cannot have this address, if so."""
    try:
        busy = is_busy(host, port)
    except OSError as error:
        return (
            f"Nothing can listen on {host}:{port} here: {error.strerror or error}. Choose others with HOST= and PORT=."
        )
    if not busy:
        return None
    return f"Port {port} of {host} is in use by another program. Choose another: make demo PORT={port + 1}"
