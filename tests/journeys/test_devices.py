"""Devices, from the page to a record: a thing, its package, its private key, MQTT with mutual TLS, the stream.

The client is the demo's Fabrikam Lofts, whose own devices publish meanwhile.
"""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.demo.cast import DEVICE_STREAM
from portal.demo.devices.device import opened as package_of
from portal.local.mqtt_device import DeviceDenied, MqttDevice
from tests.journeys.browser import browser_errors, needs_chromium, press, sign_in
from tests.journeys.demo import PASSWORD, Demo
from tests.journeys.pictures import SCHEMES, Pictures
from tests.onboarding.things.device_folder import opened

pytestmark = [pytest.mark.audit, needs_chromium, pytest.mark.usefixtures("aws")]
DEVICE, OTHER = "sluice-visitor", "sluice-fabrikam-loft-1"
PREFIX = "sluice-fabrikam/climate"
WIDTHS = (390, 1280)
A_MINUTE = 60_000


def add_device(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/t/fabrikam/")
    page.locator("main a[href*='/integrations/']").first.click()
    page.get_by_role("link", name="View devices").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Devices")
    page.get_by_label("Device name").fill(DEVICE)
    press(page, "Add devices")
    expect(page.get_by_text("1 device will be created.")).to_be_visible()


def downloaded(page: Page, folder: Path) -> bytes:
    button = page.get_by_role("button", name=f"Download package of {DEVICE}")
    expect(button).to_be_visible(timeout=A_MINUTE)
    with page.expect_download() as download:
        button.click()
    download.value.save_as(folder / "package.zip")
    return (folder / "package.zip").read_bytes()


def taken(page: Page, folder: Path, name: str) -> list[str]:
    problems = []
    for scheme in SCHEMES:
        pictures = Pictures(folder, scheme)
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            pictures.take(page, name)
        problems += pictures.problems
    return problems


def test_from_the_page_to_a_record(demo: Demo, browser: Browser, tmp_path: Path) -> None:
    page = Pictures(tmp_path, SCHEMES[0]).page(browser)
    page.set_default_timeout(20_000)
    errors = browser_errors(page)
    sign_in(page, demo.url, "admin@fabrikam.example", PASSWORD)
    add_device(page, demo)
    archive = downloaded(page, tmp_path)
    private_key = (demo.state / "fabrikam" / "private.asc").read_text()
    folder = opened(archive, tmp_path / DEVICE, private_key)
    problems = taken(page, tmp_path, "demo-devices")

    host = package_of(archive, private_key).host
    place = demo.aws_environment
    files = {"certificate": folder / f"{DEVICE}.certificate.pem", "key": folder / f"{DEVICE}.private.key"}

    def publish(topic: str, client_id: str = DEVICE) -> None:
        device = MqttDevice(client_id, ca_bundle=Path(place["AWS_CA_BUNDLE"]), **files)
        device.connect(host, int(place["EMULATOR_MQTT_PORT"]))
        try:
            device.publish(topic, json.dumps({"visitor": "arrived"}).encode())
        finally:
            device.close()

    with pytest.raises(DeviceDenied):
        publish(f"{PREFIX}/{OTHER}/telemetry")
    with pytest.raises(DeviceDenied):
        publish(f"{PREFIX}/{OTHER}/telemetry", client_id=OTHER)

    page.goto(f"{demo.url}/t/fabrikam/streams/")
    page.locator("main a[href*='/streams/']").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(DEVICE_STREAM)
    expect(page.locator("[data-live]")).to_contain_text("Live")
    expect(page.locator("#records")).to_contain_text(OTHER, timeout=A_MINUTE)
    publish(f"{PREFIX}/{DEVICE}/telemetry")
    record = page.locator("#records > tr", has_text="arrived")
    expect(record.first).to_contain_text(f"{PREFIX}/{DEVICE}/telemetry", timeout=A_MINUTE)
    expect(record.first).to_contain_text(DEVICE)
    expect(record).to_have_count(1)
    problems += taken(page, tmp_path, "demo-device-records")
    assert problems == []
    assert errors == []
    page.context.close()
