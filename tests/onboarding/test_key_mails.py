"""Mail of access keys: from the run that creates one to what a mail server received and its recipient decrypts."""

import email
import json
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from django.db import connection

from onboarding.credentials import mail_choice, possession
from onboarding.credentials.contents import read_key
from onboarding.integrations import runs
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.mail_copy import MailCopy
from onboarding.models.pgp_key import PgpKey
from onboarding.models.states import CredentialState
from portal.openpgp.decrypt import decrypt
from portal.outbox import tasks
from portal.outbox.models import OutboxItem
from portal.tenancy.models import AuditEvent
from tests.onboarding.provisioning.driving import carried_out
from tests.portal.openpgp.other_programs import IN_THE_ENVIRONMENT, OPENS
from tests.smtp_sink import Sink, smtp_sink
from tests.world import Keypair, World

pytestmark = pytest.mark.django_db(transaction=True)
ADA, VENDOR = "ada@northwind.example", "keys@vendor.example"
ARMOR = "-----BEGIN PGP MESSAGE-----"


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    settings.SLUICE_VENDOR_KEY_MAIL = VENDOR
    with smtp_sink(settings) as found:
        yield found


def set_up(world: World, recipient: PgpKey) -> Credential:
    """An integration whose access key is for the recipient and the vendor."""
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    spec = world.spec(world.connected(), recipient, delivery=False)
    run = carried_out(runs.start_run(integration=integration, actor=world.admin, spec=spec))
    assert run.state == "done"
    return Credential.objects.get(integration=run.integration, state=CredentialState.READY)


def rotated(integration: Integration) -> Credential:
    """The key of a run that creates another one, as a rotation's does."""
    run = carried_out(runs.start_key_run(integration=integration, actor="ada"))
    assert run.state == "done"
    return Credential.objects.get(run=run)


def mails(sink: Sink) -> dict[str, EmailMessage]:
    """The encrypted mails that arrived, by address; only one for each."""
    found = encrypted(sink)
    by_address = dict(found)
    assert len(found) == len(by_address)
    return by_address


def encrypted(sink: Sink) -> list[tuple[str, EmailMessage]]:
    """The encrypted mails in the order in which they arrived: people are notified by mail, too."""
    found = [(to[0], email.message_from_bytes(content, policy=SMTP)) for to, content in sink.received]
    return [(to, mail) for to, mail in found if mail.get_content_type() == "multipart/encrypted"]


def ciphertext_in(mail: EmailMessage) -> str:
    """The armored message in a mail whose structure is that of RFC 3156, section 4."""
    assert (mail.get_content_type(), mail.get_param("protocol")) == ("multipart/encrypted", "application/pgp-encrypted")
    version, content = mail.get_payload()
    assert (version.get_content_type(), version.get_payload().split()) == (
        "application/pgp-encrypted",
        ["Version:", "1"],
    )
    assert content.get_content_type() == "application/octet-stream"
    assert {part["Content-Transfer-Encoding"] for part in (version, content)} == {"7bit"}
    text = content.get_payload()
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 78
    return str(text)


def attachment_in(entity: bytes) -> tuple[EmailMessage, EmailMessage]:
    """The MIME entity that was decrypted, and the file in it."""
    assert entity.replace(b"\r\n", b"").count(b"\n") == 0, "lines end with CRLF"
    parsed = email.message_from_bytes(entity, policy=SMTP)
    assert (parsed.get_content_type(), parsed.get_param("protected-headers")) == ("multipart/mixed", "v1")
    [attached] = parsed.iter_attachments()
    return parsed, attached


def test_a_recipient_and_the_vendor_each_get_the_archive_that_they_can_download(world: World, sink: Sink) -> None:
    recipient = world.recipient()
    mail_choice.choose_mail(key=recipient, address=ADA, actor=world.admin)
    credential = set_up(world, recipient)
    tasks.deliver()
    assert list(mails(sink)) == [VENDOR], "the client's copy waits for the proof"
    possession.excuse(key=recipient, actor="support", reason="a test")
    tasks.deliver()
    tasks.deliver()
    found = mails(sink)
    assert list(found) == [VENDOR, ADA]
    for address, pair, audience in ((VENDOR, world.vendor, "vendor"), (ADA, world.client_key, "client")):
        copy = credential.copies.get(audience=audience)
        archive = decrypt(copy.ciphertext, private_key=pair.private_key)
        mail = found[address]
        for program in IN_THE_ENVIRONMENT:
            entity, attached = attachment_in(OPENS[program](ciphertext_in(mail), pair.private_key))
            assert (attached.get_content(), attached.get_content_type()) == (archive, "application/zip")
            assert attached.get_filename() == copy.file_name
            assert copy.file_name in entity["Subject"]
        assert (mail["From"], mail["To"], mail["Subject"]) == ("sluice@vendor.example", address, "Encrypted access key")
        assert mail["Auto-Submitted"] == "auto-generated"
        assert "sensors" not in str(mail).replace(mail["From"], ""), (
            "outside of the ciphertext nothing names the stream"
        )
    accepted = AuditEvent.objects.filter(action="onboarding:credential:mailed").order_by("pk")
    assert [event.details["address"] for event in accepted] == [VENDOR, ADA]
    assert all(mail.accepted_at for mail in MailCopy.objects.all())


def test_no_row_and_no_mail_has_the_secret(world: World, sink: Sink) -> None:
    recipient = world.recipient()
    mail_choice.choose_mail(key=recipient, address=ADA, actor=world.admin)
    possession.excuse(key=recipient, actor="support", reason="a test")
    credential = set_up(world, recipient)
    tasks.deliver()
    copy = credential.copies.get(audience="client")
    key_id, secret = read_key(decrypt(copy.ciphertext, private_key=world.client_key.private_key))
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        tables = [name for (name,) in cursor.fetchall()]
        rows = []
        for table in tables:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')  # noqa: S608  (a table's own name)
            rows += [text for (text,) in cursor.fetchall()]
    received = b"".join(content for _, content in sink.received).decode()
    dump = "\n".join([*rows, received])
    assert (key_id in dump, secret in dump) == (True, False)
    items = json.dumps(list(OutboxItem.objects.values()), default=str)
    assert ARMOR not in items, "a row names the copy, and has no ciphertext"
    assert received.count(ARMOR) == 2


def test_the_next_key_is_mailed_to_the_address_that_was_chosen_meanwhile(world: World, sink: Sink) -> None:
    recipient = world.recipient()
    possession.excuse(key=recipient, actor="support", reason="a test")
    first = set_up(world, recipient)
    mail_choice.choose_mail(key=recipient, address=ADA, actor=world.admin)
    tasks.deliver()
    assert list(mails(sink)) == [VENDOR], "the first key's secret is known no more"
    assert not MailCopy.objects.filter(copy__credential=first, copy__audience="client").exists()
    second = rotated(first.integration)
    tasks.deliver()
    assert sorted(to for to, _ in encrypted(sink)) == [ADA, VENDOR, VENDOR]
    mailed = MailCopy.objects.get(copy__credential=second, copy__audience="client")
    assert mailed.address == ADA


@pytest.mark.audit
@pytest.mark.parametrize("program", OPENS)
def test_every_program_decrypts_the_mail(world: World, sink: Sink, program: str) -> None:
    set_up(world, world.recipient())
    tasks.deliver()
    pair: Keypair = world.vendor
    _, attached = attachment_in(OPENS[program](ciphertext_in(mails(sink)[VENDOR]), pair.private_key))
    assert re.fullmatch(r"sluice-sensors-key-.{4}-.{8}\.zip", str(attached.get_filename()))
    assert read_key(attached.get_content())[0].startswith(("AKIA", "LKIA"))
