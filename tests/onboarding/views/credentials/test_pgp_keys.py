"""Page 4 and the OpenPGP keys page: whom the access key is sealed to."""

import json
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from onboarding.credentials import recipients
from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.states import CredentialState
from portal.openpgp.homes import temporary_home
from portal.tenancy.models import AuditEvent, TenantRole
from tests.onboarding.pages import confirmed_key, draft, post, signed_in, tenant_with_admin, url
from tests.portal.openpgp.workshop import ED25519, SIGN, Workshop, binary
from tests.world import person

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    with temporary_home(has_agent=True) as home:
        yield Workshop(home)


@pytest.fixture(scope="module")
def blobs(workshop: Workshop) -> dict[str, str]:
    good = workshop.make(ED25519, name="Ada")
    other = workshop.make(ED25519, name="Ben")
    expired = workshop.make(f"{ED25519}Expire-Date: 30d\n", name="Old", time="20240101T000000")
    public = workshop.public(good)
    return {
        "good": public,
        "fingerprint": good,
        "private": workshop.private(good),
        "several": public + workshop.public(other),
        "expired": workshop.public(expired),
        "sign-only": workshop.public(workshop.make(SIGN, name="Signer")),
        "garbage": "my key is in the drawer",
        "cut": public[: len(public) // 2],
    }


@pytest.fixture(scope="module")
def revoked(workshop: Workshop, blobs: dict[str, str]) -> bytes:
    with temporary_home(has_agent=True) as home:
        elsewhere = Workshop(home)
        elsewhere.gpg("--import", data=workshop.private(blobs["fingerprint"]).encode())
        prepared = (workshop.home / "openpgp-revocs.d" / f"{blobs['fingerprint']}.rev").read_text()
        elsewhere.gpg("--import", data=prepared.replace(":-----BEGIN", "-----BEGIN").encode())
        return elsewhere.public(blobs["fingerprint"]).encode()


@pytest.fixture
def admin(settings):
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = None
    return tenant_with_admin()


def squeezed(response) -> str:
    return " ".join(response.content.decode().split())


def sealed_copy(key: PgpKey) -> SealedCopy:
    credential = Credential.objects.create(
        integration=draft(key.tenant), attempt=1, user_name="u", access_key_id="AKIA1", state=CredentialState.READY
    )
    return SealedCopy.objects.create(
        credential=credential, audience="client", fingerprint=key.fingerprint, key_id=key.encryption_key_id
    )


def keys_url(tenant) -> str:
    return reverse("pgp_keys", kwargs={"slug": tenant.slug})


def test_a_key_is_shown_in_full_before_it_counts(admin, blobs) -> None:
    tenant, client = admin
    integration = draft(tenant)
    post(client, integration, "recipients", {"blob": blobs["good"]}, do="add")
    page = client.get(url(integration, "recipients"))
    fingerprint = blobs["fingerprint"]
    assert " ".join(fingerprint[i : i + 4] for i in range(0, 40, 4)) in page.content.decode()
    assert "Ed25519 / Cv25519" in page.content.decode()
    assert not page.context["may_go_on"]
    assert post(client, integration, "recipients", {}).status_code == 422


def test_confirming_needs_the_tick_and_chooses_the_key(admin, blobs) -> None:
    tenant, client = admin
    integration = draft(tenant)
    post(client, integration, "recipients", {"blob": blobs["good"]}, do="add")
    key = PgpKey.objects.get()
    refused = post(client, integration, "recipients", {}, do=f"confirm:{key.uid}")
    assert refused.status_code == 422
    assert f'id="compared-{key.uid}_error"' in refused.content.decode()
    post(client, integration, "recipients", {f"compared-{key.uid}": "yes"}, do=f"confirm:{key.uid}")
    key.refresh_from_db()
    assert key.confirmed_by == "admin@northwind.example"
    integration.refresh_from_db()
    assert integration.draft["recipients"] == {"fingerprints": [key.fingerprint]}
    answer = post(client, integration, "recipients", {"fingerprints": [key.fingerprint]})
    assert answer["Location"] == url(integration, "review")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("garbage", "not a readable OpenPGP public key"),
        ("cut", "not a readable OpenPGP public key"),
        ("expired", "expired"),
        ("sign-only", "encrypt"),
        ("several", "one"),
    ],
)
def test_a_key_that_cannot_serve_is_refused_with_its_reason_and_kept_in_the_box(admin, blobs, name, expected) -> None:
    tenant, client = admin
    integration = draft(tenant)
    answer = post(client, integration, "recipients", {"blob": blobs[name]}, do="add")
    assert answer.status_code == 422
    assert expected in answer.context["add"].message
    assert answer.context["add"].pasted == blobs[name]
    assert 'id="blob_error"' in answer.content.decode()
    assert not PgpKey.objects.exists()


@pytest.mark.parametrize("page", ["wizard", "keys"])
@pytest.mark.parametrize("do", ["add", "next"])
def test_a_private_key_is_said_to_be_compromised_and_left_nowhere(admin, blobs, page, do) -> None:
    tenant, client = admin
    integration = draft(tenant)
    goal = url(integration, "recipients") if page == "wizard" else keys_url(tenant)
    answer = client.post(goal, {"blob": blobs["private"], "do": do})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "compromised" in text
    body = blobs["private"].splitlines()[4]
    assert body not in text
    assert "PRIVATE KEY BLOCK" not in text
    assert not PgpKey.objects.exists()
    kept = json.dumps(
        [*Integration.objects.values_list("draft", flat=True), *AuditEvent.objects.values_list("details")]
    )
    assert body not in kept
    assert "PRIVATE" not in kept


def test_a_private_key_inside_rubbish_is_not_sent_back_either(admin, blobs) -> None:
    tenant, client = admin
    rubbish = "Subject: my key\n> " + blobs["private"].replace("\n", "\n> ").replace("-----BEGIN", "- BEGIN")
    answer = client.post(keys_url(tenant), {"blob": rubbish})
    assert blobs["private"].splitlines()[4] not in answer.content.decode()
    assert not PgpKey.objects.exists()


def test_an_uploaded_private_key_is_refused_too(admin, blobs) -> None:
    tenant, client = admin
    file = SimpleUploadedFile("key.asc", blobs["private"].encode())
    answer = client.post(keys_url(tenant), {"file": file})
    assert answer.context["add"].is_compromised
    assert not PgpKey.objects.exists()


def test_going_back_with_a_pasted_key_adds_it_first(admin, blobs) -> None:
    tenant, client = admin
    integration = draft(tenant)
    answer = post(client, integration, "recipients", {"blob": blobs["good"]}, do="back")
    assert answer["Location"] == url(integration, "consumers")
    assert PgpKey.objects.get().confirmed_at is None


def test_the_keys_page_lists_adds_and_confirms(admin, blobs) -> None:
    tenant, client = admin
    assert client.post(keys_url(tenant), {}).status_code == 422
    file = SimpleUploadedFile("ada.asc", blobs["good"].encode())
    assert client.post(keys_url(tenant), {"file": file})["Location"] == keys_url(tenant)
    key = PgpKey.objects.get()
    confirm = reverse("pgp_key_confirm", kwargs={"slug": tenant.slug, "uid": key.uid})
    assert client.post(confirm).status_code == 422
    assert client.post(confirm, {f"compared-{key.uid}": "yes"})["Location"] == keys_url(tenant)
    assert "confirmed by admin@northwind.example" in client.get(keys_url(tenant)).content.decode()


def test_viewers_look_and_cannot_add(admin, blobs) -> None:
    tenant, _ = admin
    confirmed_key(tenant)
    viewer = signed_in(person("viewer@northwind.example", tenant, TenantRole.VIEWER).email)
    page = viewer.get(keys_url(tenant))
    assert page.status_code == 200
    assert "<textarea" not in page.content.decode()
    assert viewer.post(keys_url(tenant), {"blob": blobs["good"]}).status_code == 403


def test_anothers_key_cannot_be_confirmed(admin) -> None:
    tenant, client = admin
    other, _ = tenant_with_admin("contoso")
    theirs = confirmed_key(other, confirmed_at=None)
    confirm = reverse("pgp_key_confirm", kwargs={"slug": tenant.slug, "uid": theirs.uid})
    assert client.post(confirm, {f"compared-{theirs.uid}": "yes"}).status_code == 404
    answer = post(client, draft(tenant), "recipients", {f"compared-{theirs.uid}": "yes"}, do=f"confirm:{theirs.uid}")
    assert answer.status_code == 404
    theirs.refresh_from_db()
    assert theirs.confirmed_at is None


def test_a_revoked_copy_disables_the_key_and_the_pages_list_what_is_encrypted_to_it(admin, blobs, revoked) -> None:
    tenant, client = admin
    client.post(keys_url(tenant), {"blob": blobs["good"]})
    key = PgpKey.objects.get()
    recipients.confirm_pgp_key(key=key, actor="ada@northwind.example")
    sealed_copy(key)
    home = reverse("tenant_home", kwargs={"slug": tenant.slug})
    assert "AKIA1" not in client.get(keys_url(tenant)).content.decode()
    assert "revoked OpenPGP key" not in squeezed(client.get(home))
    answer = client.post(keys_url(tenant), {"blob": revoked.decode()})
    assert answer.status_code == 422
    assert "has disabled it" in answer.context["add"].message
    text = squeezed(client.get(keys_url(tenant)))
    assert "The owner has revoked this key" in text
    assert "Access keys encrypted to this key" in text
    assert "AKIA1" in text
    assert "1 access key encrypted to a revoked OpenPGP key: Ada" in squeezed(client.get(home))
    wizard = squeezed(client.get(url(draft(tenant), "recipients")))
    assert "is disabled and cannot receive access keys" in wizard
    assert 'name="fingerprints"' not in wizard


def test_a_key_is_removed_from_the_list_and_can_be_added_again(admin, blobs) -> None:
    tenant, client = admin
    key = confirmed_key(tenant)
    assert "Remove key" in client.get(keys_url(tenant)).content.decode()
    remove = reverse("pgp_key_remove", kwargs={"slug": tenant.slug, "uid": key.uid})
    assert client.post(remove, {"reason": "Left."})["Location"] == keys_url(tenant)
    assert AuditEvent.objects.get(action="onboarding:pgpkey:removed").reason == "Left."
    assert not tenant.pgp_keys.exists()
    assert client.post(remove).status_code == 404


def test_a_copy_of_a_confirmed_key_does_not_ask_for_another_confirmation(admin, blobs) -> None:
    tenant, client = admin
    client.post(keys_url(tenant), {"blob": blobs["good"]})
    recipients.confirm_pgp_key(key=PgpKey.objects.get(), actor="ada@northwind.example")
    answer = client.post(keys_url(tenant), {"blob": blobs["good"]}, follow=True)
    assert "It stays confirmed" in answer.content.decode()
    assert "Confirm this key" not in answer.content.decode()


def test_a_key_pasted_beside_a_file_is_not_chosen_between(admin, blobs) -> None:
    tenant, client = admin
    file = SimpleUploadedFile("ada.asc", blobs["good"].encode())
    answer = client.post(keys_url(tenant), {"blob": blobs["good"], "file": file})
    assert "a file was chosen as well" in answer.context["add"].message
    private = SimpleUploadedFile("ada.asc", blobs["private"].encode())
    answer = client.post(keys_url(tenant), {"blob": blobs["good"], "file": private})
    assert answer.context["add"].is_compromised
    assert not PgpKey.objects.exists()


@pytest.mark.parametrize("disguise", ["body", "hex", "beyond"])
def test_a_private_key_in_disguise_is_not_sent_back(admin, blobs, disguise) -> None:
    tenant, client = admin
    body = "\n".join(blobs["private"].strip().split("\n")[2:-1])
    sent = {"body": body, "hex": binary(blobs["private"]).hex(), "beyond": "x " * 50_000 + body}[disguise]
    answer = client.post(keys_url(tenant), {"blob": sent})
    assert answer.context["add"].is_compromised
    assert sent[-60:] not in answer.content.decode()
    assert not PgpKey.objects.exists()


def test_a_private_key_at_the_end_of_a_large_file_is_recognised(admin, blobs) -> None:
    tenant, client = admin
    file = SimpleUploadedFile("keys.txt", ("x " * 300_000 + blobs["private"]).encode())
    assert client.post(keys_url(tenant), {"file": file}).context["add"].is_compromised
