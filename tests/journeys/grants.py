"""Steps that several journeys take on a connection's page, in the client's browser and AWS console."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.browser import press
from tests.journeys.demo import Demo


def open_permissions(page: Page, demo: Demo) -> None:
    """Open the connection of Contoso Towers, with the permissions that are closed at first."""
    page.goto(f"{demo.url}/t/contoso/")
    page.locator("main a[href*='/connections/']").first.click()
    page.wait_for_url(re.compile("/connections/"))
    page.get_by_text("Destinations other than S3, devices, and existing streams").click()


def apply_permissions(page: Page, demo: Demo, folder: Path) -> None:
    """Save the permissions that were chosen, apply the file of the role, and verify it."""
    press(page, "Save permissions")
    expect(page.get_by_text("download and apply one of its files again")).to_be_visible()
    with page.expect_download() as download:
        page.locator("a[href$='sluice-access.yaml']").first.click()
    template = folder / "sluice-access.yaml"
    download.value.save_as(template)
    assert ":role/SluiceAccess" in demo.grant(template)
    press(page, "Verify")
