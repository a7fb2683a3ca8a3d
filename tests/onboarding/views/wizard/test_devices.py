"""The section of devices on the wizard's page "Who receives the data?"."""

from typing import Any

import pytest
from django.test import Client

from onboarding.drafts import codec
from onboarding.iot.device_source import BY_DEVICE, DeviceSource
from onboarding.models.integration import Integration
from onboarding.wizard import page_status
from tests.onboarding.pages import full_draft, post, tenant_with_admin, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
SOURCE = DeviceSource("sluice-lamp", "sluice-lobby", "sluice-lobby/air", partition_key=BY_DEVICE)


@pytest.fixture
def opened() -> tuple[Client, Integration]:
    tenant, client = tenant_with_admin()
    integration = full_draft(tenant)
    tenant.connections.update(allow_devices=True)
    return client, integration


def sent(client: Client, integration: Integration, do: str, **changed: str) -> Any:
    typed = {**{name: str(value) for name, value in SOURCE.as_dict().items()}, **changed}
    return post(client, integration, "consumers", {f"devices-{name}": value for name, value in typed.items()}, do=do)


def test_devices_are_added_typed_and_shown_on_the_review(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    assert "No devices." in client.get(url(integration, "consumers")).content.decode()
    answer = sent(client, integration, "devices-add")
    assert (answer.status_code, answer["Location"]) == (302, f"{url(integration, 'consumers')}#devices")
    page = client.get(url(integration, "consumers")).content.decode()
    stream = integration.draft["stream"]["name"]
    for suggested in (f"{stream}-device", f"{stream}-devices", stream):
        assert f'value="{suggested}"' in page
    answer = sent(client, integration, "next")
    assert (answer.status_code, answer["Location"]) == (302, url(integration, "recipients"))
    integration.refresh_from_db()
    spec = codec.as_spec(integration)
    assert spec.devices == SOURCE
    assert codec.pages_of(spec, integration)["consumers"]["devices"] == codec.devices_of(integration.draft)
    assert page_status.status_of(integration, "consumers").summary == "devices"
    assert "sluice-lamp" in client.get(url(integration, "review")).content.decode()
    sent(client, integration, "devices-remove")
    integration.refresh_from_db()
    assert codec.as_spec(integration).devices is None


def test_what_is_wrong_is_said_at_its_field(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    sent(client, integration, "devices-add")
    wrong = {"thing_type": "lamp", "thing_group": "", "sql": "SELECT * FROM 'other/#'"}
    answer = sent(client, integration, "next", **wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter the name of the thing group." in page
    assert "other/#" in page, "what was typed is kept"
    integration.refresh_from_db()
    assert page_status.status_of(integration, "consumers").summary == "3 errors"


def test_a_connection_without_the_permission_leads_to_it(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    integration.tenant.connections.update(allow_devices=False)

    def page() -> str:
        return client.get(url(integration, "consumers")).content.decode()

    assert "?show=devices" in page()
    assert "notice-do" not in page(), "a quiet line, while nothing was added"
    sent(client, integration, "devices-add")
    assert "notice-do" in page()
