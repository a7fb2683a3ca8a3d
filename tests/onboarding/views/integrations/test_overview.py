"""The tenant's home, its activity, and the choice between tenants."""

import json
import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from onboarding.management.integrations.runs import run_as_json, run_lines
from onboarding.messages.legacy import legacy
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState, RunState
from onboarding.views.integrations.activity import DESCRIPTIONS
from portal.tenancy import audit
from portal.tenancy.models import Membership, Tenant, TenantRole
from tests.architecture.tree import ROOT
from tests.markup import on_one_line
from tests.onboarding.pages import FINGERPRINT, STREAM, draft, signed_in, tenant_with_admin, url, verified_connection
from tests.world import person

pytestmark = pytest.mark.django_db


def home(tenant: Tenant) -> str:
    return reverse("tenant_home", kwargs={"slug": tenant.slug})


def test_an_empty_home_says_what_will_happen_and_begins_it() -> None:
    tenant, client = tenant_with_admin()
    page = client.get(home(tenant)).content.decode()
    assert "Set up first stream" in page
    assert f'action="{reverse("integration_new", kwargs={"slug": tenant.slug})}"' in page


def test_a_viewers_empty_home_says_who_can_begin() -> None:
    tenant, _ = tenant_with_admin()
    viewer = signed_in(person("viewer@northwind.example", tenant, TenantRole.VIEWER).email)
    page = viewer.get(home(tenant)).content.decode()
    assert "An admin of Northwind can set up the first stream." in page
    assert "integrations/new" not in page


def test_a_draft_is_continued_where_it_was_left() -> None:
    tenant, client = tenant_with_admin()
    connection = verified_connection(tenant)
    integration = draft(tenant, connect={"connection": connection.uid}, stream={**STREAM, "submitted": True})
    page = client.get(home(tenant))
    (line,) = page.context["drafts"]
    assert line.url == url(integration, "delivery")
    assert line.note == "2 of 8 steps done"


@pytest.mark.parametrize(
    ("integration_state", "run_state", "action"),
    [
        (IntegrationState.PROVISIONING, RunState.RUNNING, "View run"),
        (IntegrationState.ATTENTION, RunState.FAILED, "View failure"),
        (IntegrationState.LIVE, RunState.DONE, "Open stream"),
    ],
)
def test_every_stream_names_the_one_thing_to_do(integration_state, run_state, action) -> None:
    tenant, client = tenant_with_admin()
    integration = draft(tenant)
    integration.connection, integration.state = verified_connection(tenant), integration_state
    integration.spec = {"stream": {"name": "sluice-sensors", "region": "eu-west-1"}}
    integration.save()
    Run.objects.create(
        integration=integration, state=run_state, spec={}, requested_by="ada", failure=legacy("AWS denied it."),
        finished_at=timezone.now(),
    )  # fmt: skip
    page = client.get(home(tenant))
    (line,) = page.context["lines"]
    assert line.action == action
    assert f'href="{line.url}"' in page.content.decode()
    assert ("AWS denied it." in page.content.decode()) is (run_state is RunState.FAILED)


def test_activity_is_read_as_sentences_page_by_page() -> None:
    tenant, client = tenant_with_admin()
    other, _ = tenant_with_admin("contoso")
    audit.record("onboarding:run:started", tenant=other, actor="eve@contoso.example", target="theirs")
    for number in range(51):
        audit.record("onboarding:pgpkey:added", tenant=tenant, actor="ada@northwind.example", target=f"key {number}")
    audit.record("provisioning:credential:proven", tenant=tenant, actor="provisioning", target="AKIA1")
    url_of = reverse("activity", kwargs={"slug": tenant.slug})
    page = client.get(url_of)
    text = page.content.decode()
    assert "<b>Sluice</b> tested the access key with a test record" in on_one_line(text)
    assert "eve@contoso.example" not in text
    assert len(page.context["entries"]) == 50
    older = client.get(f"{url_of}?{page.context['older']}")
    assert [entry.target for entry in older.context["entries"]] == ["key 1", "key 0"]
    assert older.context["older"] == ""
    newer = client.get(f"{url_of}?{older.context['newer']}")
    assert [entry.target for entry in newer.context["entries"]] == [entry.target for entry in page.context["entries"]]
    assert len(client.get(url_of, {"before": "x"}).context["entries"]) == 50


def test_an_event_without_words_of_its_own_shows_its_code() -> None:
    tenant, client = tenant_with_admin()
    audit.record("monitoring:sample:read", tenant=tenant, actor="ada@northwind.example")
    page = client.get(reverse("activity", kwargs={"slug": tenant.slug})).content.decode()
    assert "monitoring:sample:read" in page


def test_who_belongs_to_two_organisations_chooses() -> None:
    tenant, client = tenant_with_admin()
    other, _ = tenant_with_admin("contoso")
    assert client.get("/")["Location"] == home(tenant)
    Membership.objects.create(tenant=other, user=tenant.memberships.get().user, role=TenantRole.VIEWER)
    page = client.get("/").content.decode()
    assert home(tenant) in page
    assert home(other) in page


def test_who_belongs_to_none_is_told_what_to_do() -> None:
    assert (
        "You are not a member of an organisation yet"
        in signed_in(person("new@x.example").email).get("/").content.decode()
    )


def test_whatever_onboarding_records_has_words() -> None:
    texts = [file.read_text() for file in (ROOT / "onboarding").rglob("*.py")]
    recorded = {name for text in texts for name in re.findall(r'(?<![._])record\(\s*"([a-z:-]+)"', text)}
    stages = {name for text in texts for name in re.findall(r'turn\.record\("([a-z-]+)"', text)}
    requested = {name for text in texts for name in re.findall(r'(?<![.])\b_record\("([a-z-]+)", locked', text)}
    assert {"rotated", "paused"} <= stages | requested
    recorded |= {f"provisioning:credential:{name}" for name in stages}
    recorded |= {f"credential:{name}" for name in requested}
    assert {"run:started", "self-managed:started", "credential:uploaded"} <= recorded
    described = {name.removeprefix("onboarding:") for name in DESCRIPTIONS}
    assert sorted(recorded - described - set(DESCRIPTIONS)) == []


@pytest.mark.parametrize("filled", [0, 1, 2])
def test_counts_of_steps_agree_everywhere(filled: int) -> None:
    tenant, client = tenant_with_admin()
    filling = {"connect": {"connection": verified_connection(tenant).uid}, "stream": {**STREAM, "submitted": True}}
    integration = draft(tenant, **dict(list(filling.items())[:filled]))
    list_at_the_left = client.get(url(integration, "review")).context["rail"]
    done = sum(item.state == "done" for item in list_at_the_left)
    assert (done, len(list_at_the_left)) == (filled, 8)
    (line,) = client.get(home(tenant)).context["drafts"]
    assert line.note == f"{done} of 8 steps done"
    printed = StringIO()
    call_command("integration", "status", integration.uid, "--tenant", tenant.slug, "--json", stdout=printed)
    answer = json.loads(printed.getvalue())
    assert (answer["steps_done"], answer["steps_total"]) == (done, 8)
    assert "Step 6 of 8" in on_one_line(client.get(url(integration, "review")).content.decode())


def test_the_welcome_counts_the_same_steps() -> None:
    tenant, client = tenant_with_admin()
    page_text = on_one_line(client.get(home(tenant)).content.decode())
    assert "Eight steps, about fifteen minutes, no AWS expertise needed: six short pages," in page_text


def test_counts_of_a_run_agree_on_its_page_and_the_command_line() -> None:
    tenant, client = tenant_with_admin()
    integration = draft(tenant)
    integration.connection, integration.state = verified_connection(tenant), IntegrationState.PROVISIONING
    stream = {"name": "sluice-sensors", "region": "eu-west-1", "shards": 2}
    whole = {"name": "sluice-sensors", "connection": "production", "stream": stream, "recipients": [FINGERPRINT]}
    integration.spec = {**whole, "deliveries": []}
    integration.save()
    run = Run.objects.create(integration=integration, state="running", spec=integration.spec, requested_by="ada")
    for position, state in enumerate(["done", "skipped", "running", "todo"]):
        run.steps.create(name=f"s{position}", position=position, state=state, title=legacy(f"Step {position}"))
    page = client.get(reverse("run", kwargs={"slug": tenant.slug, "pk": run.pk}))
    assert "2 of 4 steps done" in page.content.decode()
    assert "  2 of 4 steps done" in run_lines(run_as_json(run))
