"""The page of devices: add by name or file, all or none; the package with its receipt; the removal."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from onboarding.models.states import ThingState
from onboarding.models.thing import Thing
from portal.tenancy.models import AuditEvent
from tests.architecture.population import FINGERPRINT, Population, populate
from tests.onboarding.pages import confirmed_key


@pytest.fixture
def people(db) -> Population:
    found = populate()
    found.ours.tenant.pgp_keys.all().delete()
    confirmed_key(found.ours.tenant)
    return found


@pytest.fixture
def page(people: Population, client: Client) -> str:
    client.force_login(people.person("admin"))
    return f"/t/{people.ours.tenant.slug}/integrations/{people.ours.thing.integration.uid}/devices/"


def added(client: Client, page: str, **sent: object) -> HttpResponse:
    return client.post(f"{page}add/", {"recipients": [FINGERPRINT], **sent})


def names() -> list[str]:
    return list(Thing.objects.filter(state=ThingState.REQUESTED).values_list("name", flat=True))


def test_one_is_added_by_its_name(page: str, client: Client) -> None:
    assert added(client, page, name="sluice-lamp-2").status_code == 302
    thing = Thing.objects.get(name="sluice-lamp-2")
    assert (thing.state, thing.recipients) == (ThingState.REQUESTED, [FINGERPRINT])
    text = client.get(page).content.decode()
    assert "1 of 2 devices are ready." in text
    assert "Unused certificates" in text
    assert "b" * 64 in text
    assert "sluice-lamp-2" in text


def test_a_file_is_added_whole_or_not_at_all(page: str, client: Client) -> None:
    wrong = SimpleUploadedFile("devices.csv", b"name,floor\nsluice-b,1\nsluice b,2\nsluice-lamp-1,3\n")
    refused = added(client, page, file=wrong)
    text = refused.content.decode()
    assert (refused.status_code, names()) == (422, [])
    assert "Row 3" in text
    assert "Row 4" in text
    right = SimpleUploadedFile("devices.csv", b"name;floor\r\nsluice-b;1\r\nsluice-c;2\r\n")
    assert added(client, page, file=right).status_code == 302
    assert names() == ["sluice-b", "sluice-c"]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"name": "lamp"},
        {"name": "sluice-lamp-1"},
        {"name": "sluice-x", "recipients": []},
        {"name": "sluice-x", "recipients": ["F" * 40]},
    ],
    ids=["nothing", "without the prefix", "exists", "no recipient", "unknown recipient"],
)
def test_what_cannot_be_added_changes_nothing(page: str, client: Client, sent: dict[str, object]) -> None:
    assert added(client, page, **sent).status_code == 422
    assert names() == []


def test_the_package_leaves_a_receipt(page: str, client: Client, people: Population) -> None:
    thing = people.ours.thing
    thing.downloads.all().delete()
    answer = client.post(f"{page}{thing.uid}/package/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "README.txt" in archive.namelist()
    assert thing.downloads.get().actor == "admin@northwind.example"
    assert AuditEvent.objects.filter(action="onboarding:thing:fetched").count() == 1
    assert "Downloaded by admin@northwind.example" in client.get(page).content.decode()


def test_a_device_that_is_not_ready_has_no_package(page: str, client: Client, people: Population) -> None:
    Thing.objects.filter(pk=people.ours.thing.pk).update(state=ThingState.CERTIFIED)
    assert client.post(f"{page}{people.ours.thing.uid}/package/").status_code == 404


def test_chosen_devices_are_removed(page: str, client: Client, people: Population) -> None:
    theirs, ours = people.theirs.thing, people.ours.thing
    assert client.post(f"{page}remove/", {"thing": [theirs.uid, ours.uid]}).status_code == 302
    states = {thing.pk: thing.state for thing in Thing.objects.all()}
    assert states == {ours.pk: ThingState.REMOVING, theirs.pk: ThingState.READY}
