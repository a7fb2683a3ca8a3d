"""The list of pages at the left: what is done, what comes, and where a link leads."""

import pytest
from django.utils import timezone

from onboarding.drafts import codec
from onboarding.models.credential import Credential, Download, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import CredentialState, IntegrationState, RunState
from onboarding.wizard import page_status, pages
from onboarding.wizard.rail import RailItem, rail_of
from portal.tenancy.models import Tenant
from tests.onboarding.pages import DELIVERY, FINGERPRINT, STREAM, confirmed_key, draft, verified_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="northwind", name="Northwind")


def rail(integration: Integration, current: str = "connect") -> dict[str, RailItem]:
    found = Integration.objects.select_related("tenant", "connection").get(pk=integration.pk)
    return {item.key: item for item in rail_of(found, current)}


def whole(tenant: Tenant, **connection: object) -> Integration:
    uid = verified_connection(tenant, **connection).uid
    recipients = {"fingerprints": [confirmed_key(tenant).fingerprint]}
    return draft(
        tenant,
        connect={"connection": uid},
        stream=STREAM,
        delivery={**DELIVERY, "submitted": True},
        recipients=recipients,
    )


def with_run(tenant: Tenant, state: str) -> Run:
    integration = whole(tenant)
    integration.connection, integration.state = pages.connection_of(integration), IntegrationState.PROVISIONING
    integration.spec = codec.as_spec(integration).as_dict()
    integration.save()
    return Run.objects.create(integration=integration, state=state, spec={})


def test_an_empty_draft_begins_at_the_first_page(tenant: Tenant) -> None:
    integration = draft(tenant)
    found = rail(integration)
    assert [item.key for item in found.values()] == [*pages.KEYS, "run", "credentials"]
    assert {item.state for item in found.values()} == {"current", "todo"}
    assert found["stream"].summary == pages.PAGES[1].hint
    assert (found["run"].url, found["credentials"].url) == ("", "")
    assert page_status.resume_url(integration) == pages.url_of(integration, "connect")


def test_a_whole_draft_waits_for_its_review(tenant: Tenant) -> None:
    integration = whole(tenant)
    found = rail(integration, "stream")
    assert {key: item.state for key, item in found.items() if key in pages.KEYS} == {
        "connect": "done",
        "stream": "current",
        "delivery": "done",
        "consumers": "done",
        "recipients": "done",
        "review": "todo",
    }
    assert found["connect"].summary == "1111 2222 3333 · Verified"
    assert found["stream"].summary == "sluice-sensors · eu-west-1 · 2 shards"
    assert found["delivery"].summary == "S3 · sluice-sensors-111122223333"
    assert found["recipients"].summary == "1 key of yours and the vendor’s key"
    assert page_status.resume_url(integration) == pages.url_of(integration, "review")


@pytest.mark.parametrize(
    ("page", "values", "state", "summary"),
    [
        ("stream", {"name": "no!"}, "todo", "not finished"),
        ("stream", {**STREAM, "name": "no!", "submitted": True}, "blocked", "1 error"),
        ("stream", {**STREAM, "mode": "ON_DEMAND"}, "done", "sluice-sensors · eu-west-1 · on-demand"),
        ("stream", {**STREAM, "shards": "1"}, "done", "sluice-sensors · eu-west-1 · 1 shard"),
        ("delivery", {**DELIVERY, "bucket": "NO", "name": "no"}, "todo", "not finished"),
        ("delivery", {**DELIVERY, "bucket": "NO", "name": "no", "submitted": True}, "blocked", "2 errors"),
        ("delivery", {"kind": "none"}, "done", "no delivery"),
        ("delivery", {"items": {}}, "todo", pages.PAGES[2].hint),
        ("recipients", {"fingerprints": ["B" * 40]}, "blocked", "a chosen key cannot be used"),
        ("recipients", {"fingerprints": []}, "done", "the vendor only"),
        ("recipients", {}, "todo", pages.PAGES[4].hint),
    ],
)
def test_a_page_is_summed_up_in_a_line(
    tenant: Tenant, page: str, values: dict[str, object], state: str, summary: str
) -> None:
    found = page_status.status_of(draft(tenant, **{page: values}), page)
    assert (found.state, found.summary) == (state, summary)


@pytest.mark.parametrize("state", ["draft", "refused", "degraded"])
def test_a_connection_that_does_not_work_blocks_or_waits(tenant: Tenant, state: str) -> None:
    uid = verified_connection(tenant, state=state).uid
    found = page_status.status_of(draft(tenant, connect={"connection": uid}), "connect")
    assert found.state == ("todo" if state == "draft" else "blocked")
    assert found.summary.startswith("1111 2222 3333 · ")


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (RunState.DONE, "done"),
        (RunState.FAILED, "blocked"),
        (RunState.PENDING, "todo"),
        (RunState.CANCELLED, "todo"),
    ],
)
def test_a_run_is_linked_and_its_state_shown(tenant: Tenant, state: str, shown: str) -> None:
    run = with_run(tenant, state)
    found = rail(run.integration)
    assert found["run"].state == shown
    assert found["run"].url == f"/t/northwind/runs/{run.pk}/"
    assert rail(run.integration, "run")["run"].state == "current"


def test_pages_are_linked_while_they_can_be_changed(tenant: Tenant) -> None:
    run = with_run(tenant, RunState.PENDING)
    assert {item.url for key, item in rail(run.integration).items() if key in pages.KEYS} == {""}
    Run.objects.filter(pk=run.pk).update(state=RunState.FAILED)
    assert all(item.url for key, item in rail(run.integration).items() if key in pages.KEYS)


@pytest.mark.parametrize(
    ("state", "audience", "is_taken", "shown", "summary"),
    [
        (CredentialState.SEALED, "client", False, "todo", "encrypted, for its recipients"),
        (CredentialState.READY, "client", False, "todo", "AKIAIOSF… ready"),
        (CredentialState.READY, "vendor", False, "done", "AKIAIOSF… for the vendor"),
        (CredentialState.READY, "client", True, "done", "AKIAIOSF… downloaded"),
        (CredentialState.REVOKED, "client", True, "todo", "encrypted, for its recipients"),
    ],
)
def test_a_key_is_done_once_one_of_the_client_has_it(
    tenant: Tenant, state: str, audience: str, is_taken: bool, shown: str, summary: str
) -> None:
    run = with_run(tenant, RunState.DONE)
    credential = Credential.objects.create(
        integration=run.integration, run=run, attempt=1, state=state, access_key_id="AKIAIOSFODNN7EXAMPLE"
    )
    copy = SealedCopy.objects.create(
        credential=credential, audience=audience, fingerprint=FINGERPRINT, ciphertext="x", sha256="0" * 64
    )
    if is_taken:
        Download.objects.create(copy=copy, actor="ada@northwind.example", at=timezone.now())
    found = rail(run.integration)["credentials"]
    assert (found.state, found.summary) == (shown, summary)
    is_own = audience == "client"
    assert found.label == ("Download access key" if is_own else "View access key")


def test_who_applies_the_plan_is_not_asked_to_wait_for_a_run(tenant: Tenant) -> None:
    found = rail(whole(tenant, state="no_access"), "review")
    assert (found["run"].label, found["credentials"].label) == ("Apply the plan", "Upload encrypted key")
    assert found["connect"].summary == "1111 2222 3333 · self-managed"
    assert found["recipients"].summary == "1 key of yours and the vendor’s key"
