"""Key and secret of a schema registry: entered, shown as set, replaced, removed, and never shown again."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from monitoring.models import ExpectedHours
from monitoring.schemas.source import schema_source
from monitoring.schemas.unavailable import SchemaUnavailable
from onboarding.models.integration import Integration
from portal.messages.message import Message
from portal.secret_store import rotation
from portal.tenancy.models import AuditEvent, User
from tests.markup import on_one_line
from tests.monitoring.schemas.registry_server import ADDRESS, RegistryServer, registry_server
from tests.portal.secret_store.keys import keys

__all__ = ["keys", "registry_server"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]
SENT = {"source": "learned", "zone": "UTC"}
ENTERED = {**SENT, "schema_registry": ADDRESS, "registry_key": "AKEY", "registry_secret": "very-secret"}
KEPT = {**ENTERED, "registry_secret": ""}


@pytest.fixture
def page(client: Client, admin: User, integration: Integration) -> "Page":
    client.force_login(admin)
    return Page(client, reverse("expected_hours", kwargs={"slug": "northwind", "uid": integration.uid}))


class Page:
    """The page of monitoring settings, of an admin."""

    def __init__(self, client: Client, address: str) -> None:
        self.client, self.address = client, address

    def post(self, sent: dict[str, str], status: int = 302) -> str:
        answer = self.client.post(self.address, sent)
        assert answer.status_code == status, answer.content
        return on_one_line(answer.content.decode())

    def get(self) -> str:
        return on_one_line(self.client.get(self.address).content.decode())


def stored(integration: Integration) -> ExpectedHours:
    return ExpectedHours.objects.get(integration=integration)


def audited() -> object:
    return AuditEvent.objects.latest("pk").details.get("registry_secret")


def test_a_secret_is_entered_kept_replaced_and_removed(page: Page, integration: Integration) -> None:
    assert "Stored encrypted, sent to this address only, and never shown." in page.get()
    page.post(ENTERED)
    assert (stored(integration).registry_secret.reveal(), audited()) == ("very-secret", "set")
    assert "Set. Leave empty to keep it" in page.get()
    page.post(KEPT)
    assert (stored(integration).registry_secret.reveal(), audited()) == ("very-secret", None)
    page.post({**ENTERED, "registry_secret": "another"})
    assert (stored(integration).registry_secret.reveal(), audited()) == ("another", "replaced")
    page.post({**KEPT, "registry_key": ""})
    assert (bool(stored(integration).registry_secret), audited()) == (False, "removed")


def test_no_page_file_or_audit_shows_it(page: Page, integration: Integration, tmp_path: Path) -> None:
    page.post(ENTERED)
    refused = page.post({**ENTERED, "registry_key": "a:b"}, status=422)
    assert "Enter a key of ASCII characters" in refused
    call_command("dumpdata", "monitoring", output=str(tmp_path / "dump.json"))
    everything = page.get() + refused + (tmp_path / "dump.json").read_text()
    everything += "".join(str(event.details) for event in AuditEvent.objects.all())
    everything += repr(stored(integration).registry_secret) + str(vars(stored(integration)))
    assert "very-secret" not in everything


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"schema_registry": "https://other.example.com"}, "Enter the secret of this key at this address."),
        ({"registry_key": "OTHER"}, "Enter the secret of this key at this address."),
        ({"schema_registry": ""}, "Enter the address of the registry that this key is for."),
        ({"registry_key": "", "registry_secret": "new"}, "Enter the key of this secret."),
        ({"registry_secret": "ü"}, "Enter a secret of ASCII characters."),
    ],
)
def test_a_secret_is_for_one_key_and_one_host(
    page: Page, integration: Integration, typed: dict[str, str], problem: str
) -> None:
    page.post(ENTERED)
    assert problem in page.post({**KEPT, **typed}, status=422)
    row = stored(integration)
    assert (row.schema_registry, row.registry_key, row.registry_secret.reveal()) == (ADDRESS, "AKEY", "very-secret")


def test_another_path_of_the_host_keeps_it(page: Page, integration: Integration) -> None:
    page.post(ENTERED)
    page.post({**KEPT, "schema_registry": "https://registry.example.com/ccompat"})
    assert stored(integration).registry_secret.reveal() == "very-secret"


def test_without_encryption_keys_none_is_stored(page: Page, integration: Integration, settings) -> None:
    settings.SLUICE_ENCRYPTION_KEYS_FILE = None
    assert "its operator must set SLUICE_ENCRYPTION_KEYS_FILE" in page.post(ENTERED, status=422)
    page.post({**SENT, "schema_registry": ADDRESS})
    assert stored(integration).schema_registry == ADDRESS


def test_it_is_encrypted_anew_with_a_new_key(page: Page, integration: Integration, keys: Path) -> None:
    page.post(ENTERED)
    keys.write_text(f"{rotation.store.key_file.new_line()}\n{keys.read_text()}")
    assert rotation.rotate().rotated == 1
    assert stored(integration).registry_secret.reveal() == "very-secret"


def test_a_schema_is_read_with_it(page: Page, integration: Integration, registry_server: RegistryServer) -> None:
    registry_server.register("/schemas/ids/42", "string")
    registry_server.credentials = "AKEY:very-secret"
    page.post(ENTERED)
    source = schema_source(integration.connection, integration.pk, lambda: pytest.fail("no session"))
    assert source.read("confluent:42") == '"string"'
    assert "very-secret" not in repr(source)
    name = source.registry.name
    page.post({**ENTERED, "registry_secret": "wrong"})
    source = schema_source(integration.connection, integration.pk, lambda: pytest.fail("no session"))
    assert source.registry.name != name
    with pytest.raises(SchemaUnavailable) as unavailable:
        source.read("confluent:42")
    assert unavailable.value.message == Message("schemas.access_refused", status=401)


def test_a_secret_that_cannot_be_decrypted_is_said(page: Page, integration: Integration, settings) -> None:
    page.post(ENTERED)
    settings.SLUICE_ENCRYPTION_KEYS_FILE = None
    source = schema_source(integration.connection, integration.pk, lambda: pytest.fail("no session"))
    assert source.problem("confluent:42") == Message("schemas.secret_unreadable")


def test_staff_see_in_the_admin_that_one_is_set(page: Page, integration: Integration, operator: User) -> None:
    page.post(ENTERED)
    page.client.force_login(operator)
    url = reverse("admin:monitoring_expectedhours_change", args=[stored(integration).pk])
    html = on_one_line(page.client.get(url).content.decode())
    assert "Registry secret is set" in html
    assert 'alt="True"' in html
    assert "very-secret" not in html
