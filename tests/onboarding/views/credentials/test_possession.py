"""The page of a test message: created by a click, opened elsewhere, answered here; without JavaScript."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.credentials import possession
from onboarding.credentials.recipients import add_pgp_key, confirm_pgp_key
from onboarding.models.credential import SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.possession import PossessionChallenge, PossessionProof
from onboarding.models.states import IntegrationState
from portal.openpgp.decrypt import decrypt
from portal.tenancy.models import StaffRole, Tenant
from tests.onboarding.encrypted_keys import integration_of, key
from tests.world import Keypair, client_keypair, person

__all__ = ["client_keypair"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


@pytest.fixture
def ada(client_keypair: Keypair, client: Client) -> PgpKey:
    tenant = Tenant.objects.create(slug="north", name="North")
    client.force_login(person("ada@north.example", tenant))
    added = add_pgp_key(tenant=tenant, blob=client_keypair.certificate.encode(), actor="ada")
    return confirm_pgp_key(key=added, actor="ada")


def at(ada: PgpKey, name: str = "possession") -> str:
    return reverse(name, kwargs={"slug": "north", "uid": ada.uid})


def test_the_file_is_opened_and_its_code_unlocks_the_download(
    ada: PgpKey, client: Client, client_keypair: Keypair
) -> None:
    copy = key(integration_of(ada.tenant), SealedCopy.Audience.CLIENT)
    SealedCopy.objects.filter(pk=copy.pk).update(fingerprint=ada.fingerprint, key_id=ada.encryption_key_id)
    integration = copy.credential.integration
    Integration.objects.update(state=IntegrationState.LIVE)
    at_key = {"slug": "north", "uid": integration.uid}
    page = client.get(reverse("credentials", kwargs=at_key)).content.decode()
    link = f"{at(ada)}?integration={integration.uid}"
    assert f'href="{link}"' in page
    assert reverse("copy_download", kwargs={**at_key, "copy_uid": copy.uid}) not in page
    refused = client.post(reverse("copy_download", kwargs={**at_key, "copy_uid": copy.uid}), follow=True)
    assert "No one has shown yet that they can open files for the OpenPGP key of Ada Northwind" in (
        refused.content.decode()
    )

    assert "Create test message" in client.get(link).content.decode()
    assert client.get(at(ada, "possession_file")).status_code == 404
    created = client.post(at(ada), {"do": "create", "integration": integration.uid})
    assert created["Location"] == link
    shown = client.get(link).content.decode()
    file = client.get(at(ada, "possession_file"))
    name = f"sluice-test-{ada.fingerprint[-8:].lower()}.asc"
    assert file["Content-Disposition"] == f'attachment; filename="{name}"'
    assert f"gpg --decrypt {name}" in shown
    assert "-----BEGIN PGP MESSAGE-----" in shown
    text = decrypt(file.content.decode(), private_key=client_keypair.private_key).decode()
    code = re.findall(r"Code: (\S+)", text)[0]
    assert code not in shown

    wrong = client.post(at(ada), {"code": "2222-2222", "integration": integration.uid})
    assert wrong.status_code == 422
    assert "4 tries are left" in wrong.content.decode()
    proved = client.post(at(ada), {"code": code, "integration": integration.uid})
    assert proved["Location"] == reverse("credentials", kwargs=at_key)
    assert "Download access key" in client.get(proved["Location"]).content.decode()
    assert "Opened a test message" in client.get(reverse("pgp_keys", kwargs={"slug": "north"})).content.decode()


def test_without_an_integration_the_way_back_is_the_list_of_keys(
    ada: PgpKey, client: Client, client_keypair: Keypair
) -> None:
    for foreign in ("", "unknown", integration_of(Tenant.objects.create(slug="south", name="South")).uid):
        challenge = possession.issue(key=ada, actor="ada")
        text = decrypt(challenge.ciphertext, private_key=client_keypair.private_key).decode()
        code = re.findall(r"Code: (\S+)", text)[0]
        answer = client.post(at(ada), {"code": code, "integration": foreign})
        assert answer["Location"] == reverse("pgp_keys", kwargs={"slug": "north"})


def test_what_cannot_be_created_says_why(ada: PgpKey, client: Client) -> None:
    PgpKey.objects.update(confirmed_at=None)
    answer = client.post(at(ada), {"do": "create"})
    assert (answer.status_code, PossessionChallenge.objects.count()) == (422, 0)
    assert "is not a confirmed key" in answer.content.decode()


def test_support_excuses_a_key_in_the_admin_and_operators_do_not(ada: PgpKey, client: Client) -> None:
    url = reverse("admin:onboarding_pgpkey_changelist")
    sent = {"action": "excuse", "_selected_action": [ada.pk], "reason": "Ticket 7."}
    for role, count in ((StaffRole.OPERATOR, 0), (StaffRole.SUPPORT, 1)):
        client.force_login(person(f"{role}@vendor.example", is_staff=True, staff_role=role))
        client.post(url, {**sent, "reason": " "})
        assert not PossessionProof.objects.exists()
        client.post(url, sent)
        assert PossessionProof.objects.filter(excuse="Ticket 7.").count() == count
    assert "Ticket 7." in client.get(reverse("admin:onboarding_pgpkey_change", args=[ada.pk])).content.decode()
