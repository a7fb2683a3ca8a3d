"""A row as a mail: the same content as text and as HTML, the headers of automatic mail, nothing that is injected."""

import re
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core import mail as sent_mail

from portal.messages.message import Message
from portal.outbox import kinds, mails, outbox
from portal.outbox.models import Channel, NotificationChoice, OutboxItem
from portal.tenancy import tenant_invitations
from portal.tenancy.models import Tenant, TenantRole, User
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
URL = "https://portal.example"


@pytest.fixture(autouse=True)
def portal(settings: Any) -> None:
    settings.SLUICE_PORTAL_URL, settings.SLUICE_VENDOR_NAME = URL, "Sensors & Sons"
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@vendor.example"


@pytest.fixture
def ada() -> User:
    return person("ada@north.example", Tenant.objects.create(slug="north", name="North"))


def written(ada: User, kind: kinds.Kind, message: Message) -> OutboxItem:
    if kind.is_opt_in:
        NotificationChoice.objects.create(person=ada, kind=kind.key, channel=Channel.MAIL)
    outbox.write(kind, message, event="event", to=[ada], tenant=Tenant.objects.get(), path="/t/north/integrations/ab/")
    return OutboxItem.objects.get(channel=Channel.MAIL)


def ready(ada: User, name: str = "sensors") -> OutboxItem:
    message = Message("notification.ready", integration=name, tenant="North")
    return written(ada, kinds.INTEGRATION_READY, message)


class Shown(HTMLParser):
    """What a mail shows: its text and the addresses of its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.links: list[str] = []
        self.hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden = tag in {"style", "title"}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False

    def handle_data(self, data: str) -> None:
        self.shown += [] if self.hidden else data.split()


def test_both_parts_say_the_same(ada: User) -> None:
    made = mails.mail_of(ready(ada))
    html = Shown(made.html)
    for line in (line.strip() for line in made.text.splitlines()):
        plain = re.sub(r"https://\S+", "", line).removesuffix(": ").strip("- :")
        assert plain in " ".join(html.shown), line
    assert set(re.findall(r"https://\S+", made.text)) == set(html.links)
    assert made.subject == "Integration sensors is ready"
    assert f"{URL}/t/north/integrations/ab/" in html.links


def test_the_mail_as_it_leaves(ada: User) -> None:
    item = ready(ada)
    mails.send(item)
    [sent] = sent_mail.outbox
    message: EmailMessage = sent.message()
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert (message["From"], message["To"]) == ("sluice@vendor.example", "ada@north.example")
    assert (message["Message-ID"], message["Auto-Submitted"]) == (f"<{item.uid}@portal.example>", "auto-generated")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(rf"<{URL}/notifications/unsubscribe/[\w:-]+/>", message["List-Unsubscribe"])
    assert mails.mail_of(item).headers["Message-ID"] == message["Message-ID"], "the same at every attempt"


def test_a_security_kind_offers_no_way_to_switch_it_off(ada: User) -> None:
    named = {"person": ada.email, "tenant": "North", "actor": "sue@vendor.example"}
    made = mails.mail_of(written(ada, kinds.MEMBERSHIP_CHANGED, Message("notification.membership_ended", **named)))
    assert not [name for name in made.headers if name.startswith("List-")]
    assert "unsubscribe" not in made.text + made.html
    assert "always sent" in made.text


def test_no_name_adds_a_header_or_markup(ada: User) -> None:
    made = mails.mail_of(ready(ada, "x\r\nBcc: eve@north.example\u2028<b>&amp;"))
    assert made.subject == "Integration x Bcc: eve@north.example <b>&amp; is ready"
    assert "<b>" not in made.html
    assert "&lt;b&gt;&amp;amp;" in made.html
    mails.send(OutboxItem.objects.get(channel=Channel.MAIL))
    assert sent_mail.outbox[0].message()["Bcc"] is None


def test_the_token_of_an_invitation_is_in_the_mail_and_in_no_row(ada: User) -> None:
    message = Message("notification.invitation", vendor="V", email=ada.email, lifetime_seconds=3 * 86400)
    item = written(ada, kinds.INVITATION, message)
    made = mails.mail_of(item)
    [link] = set(re.findall(rf"{URL}/accounts/\S+", made.text))
    assert link in Shown(made.html).links
    token = link.rstrip("/").rpartition("/")[2]
    stored = OutboxItem.objects.filter(pk=item.pk).values().get()
    assert token not in str(stored)
    assert "Choose your password within 3 days" in made.text


def test_a_tenant_that_requires_a_second_factor_is_not_described_in_mail(ada: User) -> None:
    Tenant.objects.update(requires_second_factor=True)
    made = mails.mail_of(ready(ada))
    assert made.subject == "Integration ready"
    assert f"{URL}/t/north/integrations/ab/" in made.text
    for part in (made.text, made.html):
        assert "North" not in part
        assert "sensors" not in part


def test_who_left_such_a_tenant_reads_it_in_the_mail(ada: User) -> None:
    Tenant.objects.update(requires_second_factor=True)
    named = {"person": ada.email, "tenant": "North", "actor": "sue@vendor.example"}
    item = written(ada, kinds.MEMBERSHIP_CHANGED, Message("notification.membership_ended", **named))
    ada.memberships.all().delete()
    assert "no longer has access to North" in mails.mail_of(item).text


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.key)
def test_every_kind_has_its_texts(ada: User, kind: kinds.Kind) -> None:
    every = (
        "integration",
        "tenant",
        "person",
        "role",
        "actor",
        "vendor",
        "by",
        "days",
        "email",
        "title",
        "date",
        "reason",
        "account",
        "connection",
        "streams",
        "alert",
        "text",
        "open_seconds",
        "endpoint",
        "month",
        "stream_count",
        "total_count",
        "total_bytes",
        "known_count",
        "alert_count",
    )
    item = written(ada, kind, Message("notification.ready", **dict.fromkeys(every, "Ada")))
    invited = {"tenant": item.tenant, "email": "ben@north.example", "role": TenantRole.VIEWER, "actor": ada}
    item.link = tenant_invitations.invite(**invited)
    made = mails.mail_of(item)
    assert "%(" not in made.text + made.html + made.subject
    assert made.text.startswith(f"{made.subject}\n\n")
