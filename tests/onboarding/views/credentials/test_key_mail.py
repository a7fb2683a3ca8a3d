"""The page on which the address for mailed access keys is chosen, and the same on the command line."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding.models.pgp_key import PgpKey
from portal.tenancy.models import AuditEvent, Tenant, TenantRole
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"


@pytest.fixture
def ada(client: Client, settings: Any) -> PgpKey:
    settings.SLUICE_MAIL_URL = "smtp://mail.example"
    tenant = Tenant.objects.create(slug="north", name="North")
    client.force_login(person("admin@north.example", tenant))
    return PgpKey.objects.create(
        tenant=tenant,
        fingerprint=FINGERPRINT,
        user_ids=["Ada (work)", "Ada North <ada@north.example>"],
        encryption_key_id="0" * 16,
        confirmed_at=timezone.now(),
    )


def at(ada: PgpKey) -> str:
    return reverse("key_mail", kwargs={"slug": "north", "uid": ada.uid})


def keys_page(client: Client) -> str:
    return " ".join(client.get(reverse("pgp_keys", kwargs={"slug": "north"})).content.decode().split())


def test_the_address_of_the_keys_owner_is_suggested_and_stored(ada: PgpKey, client: Client) -> None:
    assert f'href="{at(ada)}"' in keys_page(client)
    assert 'value="ada@north.example"' in client.get(at(ada)).content.decode()
    answer = client.post(at(ada), {"address": " ben@north.example "})
    assert answer["Location"] == reverse("pgp_keys", kwargs={"slug": "north"})
    page = keys_page(client)
    assert "New access keys for Ada (work) will be mailed to ben@north.example." in page
    assert 'Access keys are mailed to <span class="break">ben@north.example</span>' in page
    assert "Stop mail" in client.get(at(ada)).content.decode()
    client.post(at(ada), {"do": "stop"})
    assert PgpKey.objects.get().mail_address == ""
    events = AuditEvent.objects.filter(action="onboarding:pgpkey:mail-chosen").order_by("pk")
    assert [event.details["address"] for event in events] == ["ben@north.example", ""]


@pytest.mark.parametrize(
    "address", ["", "ada", "ada@north", "a@b.example, c@d.example", "a\n@b.example", "ä@b.example"]
)
def test_what_is_no_address_is_refused(ada: PgpKey, client: Client, address: str) -> None:
    answer = client.post(at(ada), {"address": address})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert PgpKey.objects.get().mail_address == ""


def test_a_key_that_receives_nothing_offers_no_mail(ada: PgpKey, client: Client) -> None:
    PgpKey.objects.update(confirmed_at=None)
    assert "This key cannot receive access keys." in client.get(at(ada)).content.decode()
    assert client.post(at(ada), {"address": "ada@north.example"}).status_code == 422


def test_without_a_mail_server_nothing_is_offered(ada: PgpKey, client: Client, settings: Any) -> None:
    settings.SLUICE_MAIL_URL = ""
    assert at(ada) not in keys_page(client)
    assert "This Sluice has no mail server." in client.get(at(ada)).content.decode()
    PgpKey.objects.update(mail_address="ada@north.example")
    assert "when this Sluice has a mail server again" in keys_page(client)
    client.post(at(ada), {"do": "stop"})
    assert PgpKey.objects.get().mail_address == "", "it can be stopped at any time"


def test_viewers_see_the_address_and_cannot_change_it(ada: PgpKey, client: Client) -> None:
    PgpKey.objects.update(mail_address="ada@north.example")
    client.force_login(person("viewer@north.example", ada.tenant, TenantRole.VIEWER))
    assert "ada@north.example" in keys_page(client)
    assert at(ada) not in keys_page(client)


def test_the_command_line_chooses_it_too(ada: PgpKey) -> None:
    def mail(*given: str) -> dict[str, Any]:
        out = StringIO()
        call_command("pgpkey", "mail", FINGERPRINT, *given, "--tenant", "north", "--json", stdout=out)
        return dict(json.loads(out.getvalue()))

    assert mail("ada@north.example")["mail_address"] == "ada@north.example"
    with pytest.raises(CommandError, match="not an email address"):
        mail("ada")
    assert mail()["mail_address"] == ""
