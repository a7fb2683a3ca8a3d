"""A recipient opens an access key: proves that it can, and decrypts the file as the Access key tab says."""

import os
import re
import subprocess
from pathlib import Path

from playwright.sync_api import Page

from onboarding.credentials.decryption_guides import decryption_guides
from portal.openpgp.decrypt import decrypt
from tests.journeys.browser import press


def opened(encrypted: Path, private_key: str) -> dict[str, str]:
    """The files in an encrypted copy."""
    home = Path(f"/dev/shm/sluice-journey-{os.getpid()}")  # noqa: S108  (a private key belongs in memory)
    try:
        return decrypted(encrypted, private_key, home)
    finally:
        subprocess.run(["rm", "-rf", str(home)], check=True, timeout=120)


def decrypted(encrypted: Path, private_key: str, home: Path) -> dict[str, str]:
    """What the commands for GnuPG on the Access key tab give."""
    home.mkdir(mode=0o700)
    environment = {**os.environ, "GNUPGHOME": str(home)}
    subprocess.run(["gpg", "--batch", "--import"], input=private_key.encode(), env=environment, check=True, timeout=120)
    (home / encrypted.name).write_bytes(encrypted.read_bytes())
    commands = decryption_guides(encrypted.name)[0].commands[0].text
    subprocess.run(["sh", "-e", "-c", commands], cwd=home, env=environment, check=True, timeout=120)
    subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=True, timeout=120)
    unpacked = home / encrypted.name.removesuffix(".zip.asc")
    return {file.name: file.read_text(encoding="utf-8-sig") for file in unpacked.iterdir()}


def prove_possession(page: Page, private_key: str) -> None:
    """Open the test message for the recipient's key, and type its code."""
    page.get_by_role("link", name="Open test message").click()
    press(page, "Create test message")
    text = decrypt(page.locator("#message").inner_text(), private_key=private_key).decode()
    page.get_by_label("Code in the message").fill(re.findall(r"Code: (\S+)", text)[0])
    press(page, "Check code")
