"""Page 7: the sealed copies, how to open them, and the receipts."""

import pytest
from django.urls import reverse

from onboarding.credentials.contents import read_bundle
from onboarding.models.credential import Download, SealedCopy
from portal.openpgp.decrypt import decrypt
from portal.tenancy import proof
from tests.onboarding.pages import draft, tenant_with_admin
from tests.onboarding.possession import prove
from tests.onboarding.provisioning.driving import applied
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db


def page_url(integration) -> str:
    return reverse("credentials", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})


def copy_url(integration, copy) -> str:
    at = {"slug": integration.tenant.slug, "uid": integration.uid, "copy_uid": copy.uid}
    return reverse("copy_download", kwargs=at)


def test_the_key_is_taken_sealed_opened_and_receipted(world, client) -> None:
    integration, run = applied(world, delivery=False)
    copy = SealedCopy.objects.get(audience=SealedCopy.Audience.CLIENT)
    prove(world.tenant.pgp_keys.get())

    client.force_login(world.viewer)
    seen = client.get(page_url(integration))
    text = seen.content.decode()
    assert copy.sha256 in text
    assert "Ada Northwind" in text
    assert "Received" in text
    assert copy.credential.proof["sequence_number"] in text
    assert "May put records into the data stream sluice-sensors in eu-west-1. Nothing else." in text
    assert copy_url(integration, copy) not in text
    assert copy.ciphertext.splitlines()[3] not in text
    assert client.post(copy_url(integration, copy)).status_code == 403

    client.force_login(world.admin)
    assert client.get(copy_url(integration, copy)).status_code == 405
    session = client.session
    session[proof.CONFIRMED_AT] -= proof.RECENT_SECONDS + 1
    session.save()
    asked = client.post(copy_url(integration, copy), headers={"Referer": f"http://testserver{page_url(integration)}"})
    assert asked["Location"].startswith("/accounts/confirm/?why=download")
    assert not Download.objects.exists()
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == page_url(integration)
    answer = client.post(copy_url(integration, copy))
    key_id = copy.credential.access_key_id[-4:].lower()
    name = f"sluice-sensors-key-{key_id}-{copy.fingerprint[-8:].lower()}.zip.asc"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    files = read_bundle(decrypt(answer.content.decode(), private_key=world.client_key.private_key))
    assert {"README.txt", "credentials.csv", "profile", "put_record.py"} <= set(files)

    receipt = Download.objects.get()
    assert (receipt.copy, receipt.actor, receipt.address) == (copy, world.admin.email, "127.0.0.1")
    after = client.get(page_url(integration)).content.decode()
    assert f'Downloaded by <b class="break">{world.admin.email}</b> from' in after
    assert f"gpg --output {name.removesuffix('.asc')} --decrypt {name}" in after
    assert run.status.is_over


def test_the_vendors_copy_is_listed_and_not_handed_to_clients(world, client) -> None:
    integration, _ = applied(world, delivery=False)
    vendors = SealedCopy.objects.get(audience=SealedCopy.Audience.VENDOR)
    client.force_login(world.admin)
    assert vendors.sha256 in client.get(page_url(integration)).content.decode()
    assert client.post(copy_url(integration, vendors)).status_code == 404
    client.force_login(world.outsider)
    assert client.get(page_url(integration)).status_code == 404


def test_before_there_is_a_key_the_page_says_when_there_will_be(db) -> None:
    tenant, client = tenant_with_admin()
    page = client.get(page_url(draft(tenant)))
    assert page.status_code == 200
    assert "No access key yet" in page.content.decode()
