"""An access key is rotated while the simulated building sends, then revoked, with the proof, in a real browser."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import browser_errors, needs_chromium, press, sign_in
from tests.journeys.demo import PASSWORD, Demo

pytestmark = [needs_chromium, pytest.mark.timeout(600), pytest.mark.usefixtures("aws")]
A_MINUTE = 60_000
SENDING = re.compile(r"sending with access key (\w+)")
REJECTED = re.compile(r"AWS rejected a record with access key (\w+): (\w+)")


def log_of_building(demo: Demo) -> str:
    return "\n".join(path.read_text(errors="replace") for path in (demo.state / "log").glob("*building*.log"))


def logged(demo: Demo, pattern: re.Pattern[str], *, count: int = 1, seconds: float = 60) -> list[tuple[str, ...]]:
    """What the building's log says, once it says so often enough."""
    until = time.monotonic() + seconds
    while len(found := [match.groups() for match in pattern.finditer(log_of_building(demo))]) < count:
        assert time.monotonic() < until, log_of_building(demo)[-2000:]
        time.sleep(0.2)
    return found


def open_tab(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/t/contoso/access-keys/")
    page.locator("td a.mono").first.click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()


def picture(page: Page, folder: Path, name: str) -> None:
    page.screenshot(path=str(folder / f"{name}.png"), full_page=True)


def test_the_building_changes_to_the_new_key_and_a_revoked_key_is_rejected(
    demo: Demo, browser: Browser, tmp_path: Path
) -> None:
    page = browser.new_context().new_page()
    page.set_default_timeout(20_000)
    errors = browser_errors(page)
    sign_in(page, demo.url, "admin@contoso.example", PASSWORD)
    [(old,)] = logged(demo, SENDING)
    open_tab(page, demo)
    page.get_by_text("Rotate access key…").click()
    page.get_by_label("Waiting time").select_option("0")
    press(page, "^Rotate access key$")
    rotation = page.locator("#rotation")
    # Creation, pickup by the building, IAM's report of its use, the end of the old key: nothing is pressed.
    expect(rotation.get_by_text("Rotated", exact=True)).to_be_visible(timeout=2 * A_MINUTE)
    (_, (new,)) = logged(demo, SENDING, count=2)
    assert new != old
    expect(rotation).to_contain_text(new)
    assert not REJECTED.search(log_of_building(demo)), "no record was rejected while the keys changed"
    assert "InvalidClientTokenId" not in (sent := log_of_building(demo)), sent
    picture(page, tmp_path, "rotated")
    page.get_by_text(re.compile("^Revoke access key…")).first.click()
    page.get_by_label("Reason").first.fill("found in a log")
    press(page, "^Revoke access key$")
    if "/confirm" in page.url:  # only if the sign-in is older than ten minutes
        page.get_by_label("Password").fill(PASSWORD)
        press(page, "Confirm")
    proof = page.locator("section", has_text=f"Revocation of {new}").last
    expect(proof.get_by_text("Revoked and proved")).to_be_visible(timeout=A_MINUTE)
    expect(proof).to_contain_text("AWS rejected PutRecord with UnrecognizedClientException")
    expect(proof).to_contain_text("found in a log")
    [(key, code)] = logged(demo, REJECTED)
    assert (key, code) == (new, "UnrecognizedClientException"), "the building, which has the secret, saw it too"
    picture(page, tmp_path, "revoked")
    assert errors == []
