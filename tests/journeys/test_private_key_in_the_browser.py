"""A private key that is pasted or chosen by mistake: the page removes it before anything is sent."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from onboarding.models.pgp_key import PgpKey
from portal.openpgp.generate import generate_keypair
from portal.tenancy import services
from portal.tenancy.models import Tenant, TenantRole, User
from tests.journeys.browser import browser_errors, chromium, in_thread, needs_chromium, press, sign_in
from tests.onboarding.pages import draft
from tests.portal.openpgp.workshop import binary
from tests.world import PASSWORD

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clean_redis")]
EMAIL = "ada@northwind.example"
NOTICE = "It was removed from the form before anything was sent"


@pytest.fixture
def page(live_server, settings) -> Iterator[Page]:
    settings.ALLOWED_HOSTS = ["*"]
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    user = User.objects.create_user(EMAIL, PASSWORD)
    services.add_member(tenant=tenant, user=user, role=TenantRole.ADMIN, actor="test")
    integration = draft(tenant)
    with chromium() as browser:
        made = browser.new_context(base_url=live_server.url).new_page()
        made.set_default_timeout(10_000)
        sign_in(made, live_server.url, EMAIL, PASSWORD)
        made.goto(f"/t/northwind/integrations/{integration.uid}/setup/recipients/")
        made.get_by_text("Add an OpenPGP key").click()
        yield made
        made.context.close()


def test_a_private_key_is_never_sent_and_a_public_one_is(page: Page, tmp_path: Path) -> None:
    public, private = generate_keypair("Ada <ada@northwind.example>")
    errors = browser_errors(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(str(request.post_data)) if request.method == "POST" else None)
    for disguise in _disguises(private):
        page.locator("#blob").fill(disguise)
        expect(page.get_by_text(NOTICE)).to_have_count(1)
        expect(page.locator("#blob")).to_have_value("")
        page.locator("#blob").fill("a word")
        expect(page.get_by_text(NOTICE)).to_have_count(0)
    for content in (private.encode(), binary(private), private.encode("utf-16")):
        file = tmp_path / "key.asc"
        file.write_bytes(content)
        page.locator("#file").set_input_files(file)
        expect(page.get_by_text(NOTICE)).to_have_count(1)
        expect(page.locator("#file")).to_have_value("")
    page.wait_for_timeout(1_000)  # longer than the page waits before it saves what was typed
    assert not [body for body in sent if private[120:160] in body or "PRIVATE" in body.upper()]
    page.goto("/t/northwind/keys/")
    file.write_text(public)
    page.locator("#file").set_input_files(file)
    press(page, "Add key")
    expect(page.get_by_text("was added")).to_be_visible()
    assert in_thread(PgpKey.objects.count) == 1
    assert errors == []


def _disguises(private: str) -> list[str]:
    body = "\n".join(private.strip().split("\n")[2:-1])
    return [
        private,
        body,
        binary(private).hex(),
        base64.b64encode(private.encode()).decode(),
        private.replace("-----", "\u2013\u2013\u2014"),
        private.replace(" ", "\u00a0"),
        "> " + private.replace("\n", "\n> "),
    ]
