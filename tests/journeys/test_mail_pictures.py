"""Every kind of mail as a picture of a phone's width, light and dark: nothing is cut off, and every text can be read.

`pytest --basetemp=FOLDER` keeps the pictures.
"""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from portal.messages.message import Message
from portal.outbox import kinds, mails, outbox
from portal.outbox.models import Channel, OutboxItem
from portal.tenancy import tenant_invitations
from portal.tenancy.models import Tenant, TenantRole
from tests.journeys.browser import chromium, needs_chromium
from tests.world import person

pytestmark = [pytest.mark.audit, needs_chromium, pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
WIDTH, SCHEMES = 390, ("light", "dark")
# Mail programs apply fewer rules than browsers: what is checked here is what every reader needs.
RULES = {"runOnly": ["color-contrast", "document-title", "html-has-lang", "link-name", "target-size"]}
NAMES = {"integration": "harbour-sensors", "tenant": "Northwind Estates", "vendor": "Halcyon Sensors"}
PEOPLE = {"person": "ben.longwood-fotheringay@northwind.example", "actor": "ada@northwind.example", "role": "viewer"}
ALERT = {
    "kind": "silence",
    "alert": Message("alert.silence_title", name="harbour-sensors"),
    "text": Message("alert.silence", name="harbour-sensors", value_seconds=1500),
    "tenant": NAMES["tenant"],
}
MESSAGES = {
    kinds.ALERT_OPENED: Message("notification.alert_opened", **ALERT),
    kinds.ALERT_CLOSED: Message("notification.alert_closed", **ALERT),
    kinds.ALERT_ESCALATED: Message("notification.alert_escalated", open_seconds=3600, **ALERT),
    kinds.INTEGRATION_READY: Message("notification.ready", **NAMES),
    kinds.SETUP_FAILED: Message(
        "notification.setup_failed_because", reason=Message("run.quarantined", crash_count=5), **NAMES
    ),
    kinds.ROLE_VERIFIED: Message(
        "notification.role_verified", connection="Production", account="111122223333", **NAMES
    ),
    kinds.FIRST_RECORD: Message("notification.first_record", **NAMES),
    kinds.FIELDS_CHANGED: Message(
        "notification.fields_changed",
        streams="harbour-sensors, lobby-sensors",
        appeared_count=3,
        vanished_count=1,
        tenant=NAMES["tenant"],
    ),
    kinds.KEY_EXPIRES: Message("notification.key_expires", title="Ada North", date="31 January 2027", **NAMES),
    kinds.KEY_DOWNLOADED: Message("notification.key_downloaded", actor=PEOPLE["actor"], **NAMES),
    kinds.VENDOR_HAS_KEY: Message("notification.vendor_has_key", **NAMES),
    kinds.STAFF_UNMASKED: Message(
        "notification.staff_unmasked_stream",
        person="sue@halcyon.example",
        stream="sluice-harbour",
        tenant=NAMES["tenant"],
        reason="Ticket 4711: temperatures look wrong since Monday",
        end="2026-11-30 16:45 UTC",
    ),
    kinds.KEY_ROTATED: Message("notification.key_rotation_new", key="AKIAIOSFODNN7EXAMPLE", **NAMES),
    kinds.KEY_REVOKED: Message(
        "notification.key_compromised", key="AKIAIOSFODNN7EXAMPLE", by="ada@northwind.example", **NAMES
    ),
    kinds.KEY_USED_ELSEWHERE: Message(
        "notification.key_used_elsewhere", key="AKIAIOSFODNN7EXAMPLE", address="203.0.113.7", **NAMES
    ),
    kinds.ROTATION_DUE: Message("notification.rotation_due", key="AKIAIOSFODNN7EXAMPLE", days=90, **NAMES),
    kinds.MEMBERSHIP_CHANGED: Message("notification.membership_granted", **PEOPLE, **NAMES),
    kinds.SIGN_IN_CHANGED: Message(
        "notification.factor_added", factor=Message("notification.passkey"), email="ada@northwind.example"
    ),
    kinds.TOKEN_EXPIRES: Message(
        "notification.token_expires", token="Pusher in Oslo", email="pusher@halcyon.example", date="31 January 2027"
    ),
    kinds.INVITATION: Message(
        "notification.invitation", email="ada@northwind.example", lifetime_seconds=3 * 86400, **NAMES
    ),
    kinds.TENANT_INVITATION: Message(
        "notification.tenant_invitation", by="ada@northwind.example", email=PEOPLE["person"], days=7, **PEOPLE, **NAMES
    ),
    kinds.PASSWORD_RESET: Message(
        "notification.password_reset", email="ada@northwind.example", lifetime_seconds=3 * 86400
    ),
}


@pytest.fixture
def made(settings: Any) -> dict[str, str]:
    """The HTML of every kind, and of one that must not describe its tenant, by name."""
    settings.SLUICE_PORTAL_URL, settings.SLUICE_VENDOR_NAME = "https://sluice.halcyon.example", NAMES["vendor"]
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@halcyon.example"
    tenant = Tenant.objects.create(slug="northwind", name=NAMES["tenant"])
    ada = person("ada@northwind.example", tenant)
    link = tenant_invitations.invite(tenant=tenant, email=PEOPLE["person"], role=TenantRole.VIEWER, actor=ada)
    for kind, message in MESSAGES.items():
        outbox.write(kind, message, event="event", to=[ada], tenant=tenant, path="/t/northwind/integrations/0a1b2c3d/")
    rows = {item.kind: item for item in OutboxItem.objects.filter(channel=Channel.MAIL).select_related("tenant")}
    rows[kinds.TENANT_INVITATION.key].link = link
    found = {name: mails.mail_of(item).html for name, item in rows.items()}
    rows["first_record"].tenant.requires_second_factor = True
    return {**found, "protected": mails.mail_of(rows["first_record"]).html}


def test_every_mail_fits_a_phone_and_can_be_read(made: dict[str, str], tmp_path: Path) -> None:
    with chromium() as browser:  # its event loop must be over before the database is emptied
        problems = [problem for scheme in SCHEMES for problem in problems_of(browser, made, tmp_path, scheme)]
    assert set(made) == {*(kind.key for kind in kinds.KINDS), "protected"}
    assert problems == []


def problems_of(browser: Browser, made: dict[str, str], folder: Path, scheme: str) -> list[str]:
    context = browser.new_context(viewport={"width": WIDTH, "height": 700}, color_scheme=scheme, device_scale_factor=2)
    page, problems = context.new_page(), []
    for name, html in made.items():
        page.set_content(html)
        page.screenshot(path=folder / f"{name}-{scheme}.png", full_page=True)
        if page.evaluate("document.documentElement.scrollWidth") > WIDTH:
            problems.append(f"{name} ({scheme}) is wider than {WIDTH} px")
        found = Axe().run(page, options=RULES).response["violations"]
        problems += [
            f"{name} ({scheme}) {rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]
        ]
    context.close()
    return problems
