"""Debian's Chromium, driven by Playwright; tests that need it are skipped where it is missing."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, expect, sync_playwright

from portal import database_scope

EMAIL = "ada@northwind.example"  # of the person who is signed in
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
T = TypeVar("T")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# The suite runs four processes on two cores: five seconds, the default, are too few for a page with a run beside it,
# and for a check that a worker does.
expect.set_options(timeout=30_000)

needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed (Debian: apt-get install chromium)")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for one test module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def in_thread(work: Callable[[], T]) -> T:
    """Query the database in a thread, because Playwright runs an event loop in the test's own."""

    def run() -> T:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(database_scope.carried(run)).result()


def sign_in(page: Page, url: str, email: str, password: str) -> None:
    """Sign in with an email address and a password."""
    page.goto(f"{url}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)


def press(page: Page, name: str) -> None:
    """Press the first visible button whose name matches a pattern."""
    page.get_by_role("button", name=re.compile(name)).locator("visible=true").first.click()


def browser_errors(page: Page) -> list[str]:
    """Collect errors of scripts and violations of the content security policy from now on."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None
    )
    return errors
