from typing import Any

import pytest
from django.utils import timezone

from onboarding.drafts import codec
from onboarding.models.run import Run
from onboarding.models.states import ConnectionState, IntegrationState, RunState
from onboarding.wizard import page_status, pages
from onboarding.wizard.rail import rail_of
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from portal.tenancy.models import Tenant
from tests.onboarding.pages import FINGERPRINT, STREAM, confirmed_key, draft, full_draft, verified_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="northwind", name="Northwind")


def states(integration, current="review") -> dict[str, str]:
    return {item.key: item.state for item in rail_of(integration, current)}


def test_an_empty_draft_has_everything_to_do(tenant: Tenant) -> None:
    integration = draft(tenant)
    assert states(integration, "connect") == {
        "connect": "current",
        "stream": "todo",
        "delivery": "todo",
        "consumers": "todo",
        "recipients": "todo",
        "review": "todo",
        "run": "todo",
        "credentials": "todo",
    }
    assert page_status.resume_url(integration).endswith("/setup/connect/")


def test_a_full_draft_is_summed_up_in_lines(tenant: Tenant) -> None:
    integration = full_draft(tenant)
    rail = {item.key: item for item in rail_of(integration, "review")}
    assert {key: rail[key].state for key in pages.KEYS[:5]} == dict.fromkeys(pages.KEYS[:5], "done")
    assert rail["connect"].summary == "1111 2222 3333 · Verified"
    assert rail["stream"].summary == "sluice-sensors · eu-west-1 · 2 shards"
    assert rail["delivery"].summary == "S3 · sluice-sensors-111122223333"
    assert rail["recipients"].summary == "1 key of yours and the vendor’s key"
    assert page_status.resume_url(integration).endswith("/setup/review/")


@pytest.mark.parametrize(("submitted", "state"), [(False, "todo"), (True, "blocked")])
def test_a_wrong_page_is_blocked_once_the_reader_asked_to_go_on(tenant: Tenant, submitted: bool, state: str) -> None:
    integration = draft(tenant, stream={**STREAM, "name": "sensors", "submitted": submitted})
    assert page_status.status_of(integration, "stream").state == state


def test_what_aws_answered_counts_as_long_as_it_stands_in_the_draft(tenant: Tenant) -> None:
    integration = draft(tenant, stream={**STREAM, "submitted": True, "refused": {"name": "It exists already."}})
    assert page_status.status_of(integration, "stream").state == "blocked"
    assert pages.stream_form(integration).errors["name"] == ["It exists already."]


def test_a_refused_connection_blocks_its_page(tenant: Tenant) -> None:
    connection = verified_connection(tenant, state=ConnectionState.REFUSED)
    integration = draft(tenant, connect={"connection": connection.uid})
    assert page_status.status_of(integration, "connect").state == "blocked"


def test_anothers_connection_and_key_do_not_count(tenant: Tenant) -> None:
    other = Tenant.objects.create(slug="contoso", name="Contoso")
    theirs, _ = verified_connection(other), confirmed_key(other)
    integration = draft(tenant, connect={"connection": theirs.uid}, recipients={"fingerprints": [FINGERPRINT]})
    assert pages.connection_of(integration) is None
    assert pages.keys_of(integration) == []


@pytest.mark.parametrize("unfit", [{"confirmed_at": None}, {"expires_at": timezone.now()}])
def test_an_unconfirmed_or_expired_key_is_no_recipient(tenant: Tenant, unfit: dict[str, object]) -> None:
    confirmed_key(tenant, **unfit)
    assert pages.keys_of(draft(tenant, recipients={"fingerprints": [FINGERPRINT]})) == []


@pytest.mark.parametrize(
    ("run_state", "editable"),
    [(RunState.RUNNING, False), (RunState.DONE, False), (RunState.FAILED, True), (RunState.CANCELLED, True)],
)
def test_pages_can_be_changed_after_a_run_that_stopped(tenant: Tenant, run_state: RunState, editable: bool) -> None:
    connection = verified_connection(tenant)
    integration = draft(tenant)
    integration.state, integration.connection, integration.spec = IntegrationState.ATTENTION, connection, {}
    integration.save()
    Run.objects.create(integration=integration, state=run_state, spec={}, requested_by="a test")
    assert pages.is_editable(integration) is editable
    assert all(bool(item.url) is editable for item in rail_of(integration, "run")[:6])


@pytest.mark.parametrize("page", pages.PAGES[:5], ids=lambda page: page.key)
def test_an_incomplete_page_is_named_by_its_title(page: pages.Page) -> None:
    assert f"“{page.title}”" in text_of(codec.INCOMPLETE[page.key])


@pytest.mark.parametrize(
    "answer",
    [
        Message("wizard.stream_exists", stream="sluice-sensors", region="eu-west-1").as_json(),
        "Data stream sluice-sensors already exists in eu-west-1.",
    ],
    ids=["a message", "text of an earlier version"],
)
def test_what_aws_answered_is_shown_at_its_field(tenant: Tenant, answer: Any) -> None:
    integration = draft(tenant, stream={**STREAM, pages.SUBMITTED: True, pages.REFUSED: {"name": answer}})
    [error] = pages.stream_form(integration).errors["name"]
    assert error.startswith("Data stream sluice-sensors already exists in eu-west-1")
