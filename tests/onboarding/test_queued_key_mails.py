"""When the mail of an access key is queued, and what ends one that is queued: by rows, with a real mail server."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding import key_mails
from onboarding.credentials import mail_choice, possession
from onboarding.credentials.recipients import remove_pgp_key
from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.mail_copy import MailCopy
from onboarding.models.pgp_key import PgpKey
from onboarding.models.states import CredentialState, IntegrationState
from portal.outbox import delivery, tasks
from portal.outbox.models import OutboxItem, OutboxState
from portal.tenancy.models import AuditEvent, Tenant
from tests.onboarding.encrypted_keys import integration_of, key
from tests.onboarding.possession import prove
from tests.smtp_sink import Sink, smtp_sink
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
ADA, OTHER = "ada@north.example", "ben@north.example"
SUBKEY = "0123456789ABCDEF"


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with smtp_sink(settings) as found:
        yield found


@pytest.fixture
def ada() -> PgpKey:
    tenant = Tenant.objects.create(slug="north", name="North")
    return PgpKey.objects.create(
        tenant=tenant,
        fingerprint="A" * 40,
        user_ids=["Ada <ada@north.example>"],
        encryption_key_id=SUBKEY,
        confirmed_at=timezone.now(),
        mail_address=ADA,
    )


@pytest.fixture
def mailed(ada: PgpKey) -> MailCopy:
    """Ada's copy of a key that can be downloaded, encrypted for mail too and not queued yet."""
    copy = key(integration_of(ada.tenant), SealedCopy.Audience.CLIENT)
    Integration.objects.update(state=IntegrationState.LIVE)
    SealedCopy.objects.filter(pk=copy.pk).update(fingerprint=ada.fingerprint, key_id=SUBKEY)
    copy.refresh_from_db()
    return MailCopy.objects.create(copy=copy, ciphertext="-----BEGIN PGP MESSAGE-----\n")


def row() -> OutboxItem:
    return OutboxItem.objects.get(kind="access_key_mail")


def rows() -> list[tuple[str, str]]:
    found = OutboxItem.objects.filter(kind="access_key_mail").order_by("pk")
    return list(found.values_list("address", "state"))


def page_of(ada: PgpKey) -> str:
    client = Client()
    client.force_login(person("admin@north.example", ada.tenant))
    at = {"slug": "north", "uid": Integration.objects.get().uid}
    return " ".join(client.get(reverse("credentials", kwargs=at)).content.decode().split())


def test_it_waits_for_the_proof_and_is_then_sent_once(ada: PgpKey, mailed: MailCopy, sink: Sink) -> None:
    key_mails.queue(mailed.copy.credential)
    assert rows() == []
    assert "Will be mailed after its recipient has opened a test message." in page_of(ada)
    for _ in range(2):
        possession.excuse(key=ada, actor="support", reason="a test")
    assert rows() == [(ADA, "waiting")]
    for _ in range(2):
        tasks.deliver()
        key_mails.queue(mailed.copy.credential)
    assert [to for to, _ in sink.received] == [[ADA]]
    mailed.refresh_from_db()
    assert mailed.accepted_at is not None
    event = AuditEvent.objects.get(action="onboarding:credential:mailed")
    assert (event.target, event.details["address"]) == ("AKIA1", ADA)


def test_the_page_says_that_the_server_accepted_it_and_not_that_it_was_read(
    ada: PgpKey, mailed: MailCopy, sink: Sink
) -> None:
    prove(ada)
    key_mails.queue(mailed.copy.credential)
    assert f'Waiting to be mailed to <span class="break">{ADA}</span>' in page_of(ada)
    tasks.deliver()
    client_page = Client()
    client_page.force_login(person("viewer@north.example", ada.tenant))
    at = {"slug": "north", "uid": Integration.objects.get().uid}
    page = " ".join(client_page.get(reverse("credentials", kwargs=at)).content.decode().split())
    assert f'Mailed to <span class="break">{ADA}</span>: the mail server accepted the mail' in page
    assert "Sluice cannot know whether it was read." in page
    assert "Not downloaded yet." in page, "a mail is no receipt of a download"
    assert mailed.copy.downloads.count() == 0


def refuse_key(ada: PgpKey, mailed: MailCopy) -> None:
    Credential.objects.update(state=CredentialState.REVOKED)


def rotate(ada: PgpKey, mailed: MailCopy) -> None:
    Credential.objects.update(state=CredentialState.INACTIVE)


def discard(ada: PgpKey, mailed: MailCopy) -> None:
    mailed.copy.delete()


def stop(ada: PgpKey, mailed: MailCopy) -> None:
    mail_choice.choose_mail(key=ada, address="", actor="ada")


def disable(ada: PgpKey, mailed: MailCopy) -> None:
    PgpKey.objects.update(disabled_at=timezone.now())


def remove(ada: PgpKey, mailed: MailCopy) -> None:
    remove_pgp_key(key=ada, actor="ada")


def forget_proof(ada: PgpKey, mailed: MailCopy) -> None:
    ada.proofs.all().delete()


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (refuse_key, "key_mail.key_ended"),
        (rotate, "key_mail.key_ended"),
        (discard, "key_mail.key_ended"),
        (stop, "key_mail.not_wanted"),
        (disable, "key_mail.not_wanted"),
        (remove, "key_mail.not_wanted"),
        (forget_proof, "key_mail.not_proved"),
    ],
)
def test_what_ended_meanwhile_is_not_mailed(
    ada: PgpKey, mailed: MailCopy, sink: Sink, end: Callable[[PgpKey, MailCopy], None], code: str
) -> None:
    prove(ada)
    key_mails.queue(mailed.copy.credential)
    end(ada, mailed)
    tasks.deliver()
    assert (row().state, row().attempts.get().answer.code) == (OutboxState.CANCELLED, code)
    delivery.redeliver(row())
    tasks.deliver()
    assert (row().state, sink.received) == (OutboxState.CANCELLED, [])


@pytest.mark.parametrize("state", [CredentialState.SEALED, CredentialState.PROVED, CredentialState.REVOKED])
def test_a_key_that_cannot_be_downloaded_is_not_queued(ada: PgpKey, mailed: MailCopy, sink: Sink, state: str) -> None:
    prove(ada)
    Credential.objects.update(state=state)
    mail_choice.choose_mail(key=ada, address=OTHER, actor="ada")
    assert rows() == []


def test_a_refusal_is_shown_and_a_corrected_address_gets_what_was_not_accepted(
    ada: PgpKey, mailed: MailCopy, sink: Sink
) -> None:
    prove(ada)
    key_mails.queue(mailed.copy.credential)
    sink.refusal = "554 5.7.1 encrypted mail is not wanted here"
    tasks.deliver()
    assert rows() == [(ADA, "failed")]
    page = page_of(ada)
    assert f'Not mailed to <span class="break">{ADA}</span>. The mail server refused the mail' in page
    sink.refusal = ""
    mail_choice.choose_mail(key=ada, address=OTHER, actor="ada")
    tasks.deliver()
    assert rows() == [(ADA, "failed"), (OTHER, "delivered")]
    mail_choice.choose_mail(key=ada, address=ADA, actor="ada")
    tasks.deliver()
    assert [to for to, _ in sink.received] == [[OTHER]], "what a server accepted is not sent to another address"


def test_the_same_address_chosen_again_is_another_attempt(ada: PgpKey, mailed: MailCopy, sink: Sink) -> None:
    prove(ada)
    key_mails.queue(mailed.copy.credential)
    stop(ada, mailed)
    tasks.deliver()
    assert rows() == [(ADA, "cancelled")]
    mail_choice.choose_mail(key=ada, address=ADA, actor="ada")
    tasks.deliver()
    assert (rows(), [to for to, _ in sink.received]) == ([(ADA, "delivered")], [[ADA]])


def test_the_vendors_copy_goes_to_the_address_of_the_setting(ada: PgpKey, sink: Sink, settings: Any) -> None:
    copy = key(integration_of(ada.tenant, "quay"))
    MailCopy.objects.create(copy=copy, ciphertext="-----BEGIN PGP MESSAGE-----\n")
    settings.SLUICE_VENDOR_KEY_MAIL = ""
    key_mails.queue(copy.credential)
    assert rows() == []
    settings.SLUICE_VENDOR_KEY_MAIL = "keys@vendor.example"
    key_mails.queue(copy.credential)
    tasks.deliver()
    assert [to for to, _ in sink.received] == [["keys@vendor.example"]]


def test_without_a_mail_server_nothing_is_wanted_and_nothing_waits(
    ada: PgpKey, mailed: MailCopy, settings: Any
) -> None:
    settings.SLUICE_MAIL_URL = ""
    prove(ada)
    key_mails.queue(mailed.copy.credential)
    assert (rows(), key_mails.address_for(ada)) == ([], "")
    with pytest.raises(ValidationError, match="no mail server"):
        mail_choice.choose_mail(key=ada, address=OTHER, actor="ada")


def test_another_tenants_copies_for_the_same_key_stay_where_they_are(ada: PgpKey, mailed: MailCopy, sink: Sink) -> None:
    south = Tenant.objects.create(slug="south", name="South")
    theirs = key(integration_of(south), SealedCopy.Audience.CLIENT)
    SealedCopy.objects.filter(pk=theirs.pk).update(fingerprint=ada.fingerprint, key_id=SUBKEY)
    MailCopy.objects.create(copy=theirs, ciphertext="-----BEGIN PGP MESSAGE-----\n")
    possession.excuse(key=ada, actor="support", reason="a test")
    assert rows() == [(ADA, "waiting")]
    assert row().tenant == ada.tenant
