"""Page 6: a run as people watch it."""

import html
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from onboarding.messages.legacy import legacy
from onboarding.models.possession import PossessionProof
from onboarding.models.resource import Resource
from onboarding.models.run import Run, Step
from onboarding.models.states import IntegrationState, RunKind, RunState, StepState
from portal.messages.catalogue import advice_of, text_of
from portal.messages.message import Message
from portal.tenancy.models import TenantRole
from tests.markup import on_one_line
from tests.onboarding.pages import confirmed_key, draft, signed_in, tenant_with_admin, verified_connection
from tests.onboarding.possession import prove
from tests.world import person

DENIED = Message("aws.access_denied", operation="kinesis:StartStreamEncryption")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
SPEC = {"name": "sluice-sensors", "stream": {"name": "sluice-sensors", "region": "eu-west-1"}}


@pytest.fixture
def going():
    """A run in its second step, and its admin's browser."""
    tenant, client = tenant_with_admin()
    integration = draft(tenant)
    integration.connection, integration.spec = verified_connection(tenant), SPEC
    integration.state = IntegrationState.PROVISIONING
    integration.save()
    run = Run.objects.create(integration=integration, state=RunState.RUNNING, spec=SPEC, requested_by="ada")
    begun = timezone.now() - timedelta(seconds=11.2)
    step(
        run,
        1,
        "stream",
        StepState.DONE,
        did=Message("stream.shards", shard_count=2),
        started_at=begun,
        finished_at=begun + timedelta(seconds=11.2),
    )
    step(run, 2, "encryption", StepState.RUNNING, started_at=begun)
    step(run, 3, "access_key", StepState.TODO)
    Resource.objects.create(integration=integration, kind="data stream", name="sluice-sensors", state="present")
    return run, client


def step(run: Run, position: int, name: str, state: StepState, **fields: object) -> Step:
    return Step.objects.create(
        run=run, position=position, name=name, state=state, title=legacy(f"The {name}"), **fields
    )


def at(run: Run, name: str = "run") -> str:
    return reverse(name, kwargs={"slug": run.integration.tenant.slug, "pk": run.pk})


def test_a_run_is_watched_by_events_and_polled_without_them(going) -> None:
    run, client = going
    page = client.get(at(run)).content.decode()
    assert f'sse-connect="/events/run/{run.pk}/"' in page
    assert f'hx-get="{at(run, "run_steps")}"' in page
    assert "sse:changed" in page
    assert "1 of 3 steps done" in page
    assert "11.2 s" in page
    assert f"sluice:integration={run.integration.uid}" in page


@pytest.mark.parametrize(
    ("query", "is_refreshing", "link"),
    [
        ("", True, '<a href="?refresh=off">Stop refreshing</a>'),
        ("?refresh=off", False, '<a href="?">Refresh automatically</a>'),
    ],
)
def test_without_scripts_the_page_reloads_until_that_is_stopped(
    going, query: str, is_refreshing: bool, link: str
) -> None:
    run, client = going
    page = on_one_line(client.get(at(run) + query).content.decode())
    assert ('<noscript><meta http-equiv="refresh" content="5">' in page) is is_refreshing
    assert link in page


def test_what_is_waited_for_and_how_long_that_takes_is_said(going) -> None:
    run, client = going
    assert "Usually 5 to 15 seconds." in client.get(at(run)).content.decode()
    run.steps.filter(name="encryption").update(
        state=StepState.WAITING,
        reason=Message("waiting.stream_active"),
        retry_at=timezone.now(),
        aws_detail="Denied.",
    )
    page = client.get(at(run, "run_steps")).content.decode()
    assert "Waiting for the data stream to be ACTIVE. Usually 5 to 15 seconds." in page
    assert "Retrying in" in page
    assert "Denied." in page


def test_the_fragment_is_only_the_part_that_changes(going) -> None:
    run, client = going
    answer = client.get(at(run, "run_steps"), headers={"HX-Request": "true"})
    assert "<h1" not in answer.content.decode()
    assert "innerHTML:#run-made" in answer.content.decode()
    assert "HX-Retarget" not in answer


def test_when_it_is_over_the_whole_page_changes_and_nothing_asks_again(going) -> None:
    run, client = going
    Run.objects.update(state=RunState.DONE, finished_at=timezone.now())
    run.steps.update(state=StepState.DONE)
    answer = client.get(at(run, "run_steps"), headers={"HX-Request": "true"})
    assert answer["HX-Retarget"] == "#run"
    page = answer.content.decode()
    for still in ("sse-connect", "data-poll", "hx-trigger"):
        assert still not in page
    assert "is ready, and its access key works" in page


def test_a_failure_says_what_whose_and_what_to_do_with_awss_words_behind(going) -> None:
    run, client = going
    run.steps.filter(name="encryption").update(state=StepState.FAILED, reason=DENIED, aws_detail="AccessDenied: no.")
    failure = Message("run.step_failed", step=Message("step.encryption_aws_key"), reason=DENIED)
    Run.objects.update(state=RunState.FAILED, failure=failure, finished_at=timezone.now())
    page = client.get(at(run)).content.decode()
    for expected in (text_of(failure), advice_of(DENIED), "AccessDenied: no.", "AWS response", "Retry run"):
        assert expected in html.unescape(page)


def test_a_denied_role_is_one_card_with_the_button_that_cures_it(going) -> None:
    run, client = going
    run.steps.update(state=StepState.TODO)
    denied = Message("aws.assume_role_denied", operation="sts:AssumeRole")
    Run.objects.filter(pk=run.pk).update(state=RunState.FAILED, failure=denied)
    page = on_one_line(client.get(at(run)).content.decode())
    assert page.count('class="step is-failed"') == 0
    assert page.count("Sluice cannot assume the role") == 1
    assert page.count("Waits for access to the AWS account.") == run.steps.count()
    assert f'action="{at(run, "run_verify")}"' in page


def test_what_waits_for_a_failed_step_says_so(going) -> None:
    run, client = going
    run.steps.update(state=StepState.TODO)
    run.steps.filter(position=1).update(state=StepState.FAILED, reason=Message("aws.throttled"))
    Run.objects.filter(pk=run.pk).update(state=RunState.FAILED, failure=Message("aws.throttled"))
    page = on_one_line(client.get(at(run)).content.decode())
    assert page.count("Waits for the failed step.") == run.steps.count() - 1
    assert at(run, "run_verify") not in page


def test_the_admin_cancels_and_retries_and_two_clicks_are_one(going) -> None:
    run, client = going
    assert client.post(at(run, "run_cancel"))["Location"] == at(run)
    client.post(at(run, "run_cancel"))
    run.refresh_from_db()
    assert run.cancel_requested
    assert "Stopping before the next step." in client.get(at(run)).content.decode()
    Run.objects.update(state=RunState.FAILED, cancel_requested=False, finished_at=timezone.now())
    client.post(at(run, "run_retry"))
    client.post(at(run, "run_retry"))
    run.refresh_from_db()
    assert run.state == RunState.PENDING
    assert Run.objects.count() == 1


def test_what_a_cancelled_run_did_not_reach_says_so(going) -> None:
    run, client = going
    Run.objects.update(state=RunState.CANCELLED, finished_at=timezone.now())
    lines = client.get(at(run)).context["lines"]
    assert [line.state for line in lines] == ["done", "cancelled", "cancelled"]


def test_the_test_message_is_offered_while_the_setup_runs_and_until_it_is_proved(going) -> None:
    run, client = going
    key = confirmed_key(run.integration.tenant, "A" * 40)
    run.integration.recipients.set([key])
    link = f"{reverse('possession', kwargs={'slug': run.integration.tenant.slug, 'uid': key.uid})}?integration="
    assert link in client.get(at(run)).content.decode()
    prove(key)
    assert link not in client.get(at(run)).content.decode()
    PossessionProof.objects.all().delete()
    Run.objects.update(kind=RunKind.DESTROY)
    assert link not in client.get(at(run)).content.decode()


def test_viewers_watch_and_touch_nothing(going) -> None:
    run, _ = going
    viewer = signed_in(person("viewer@northwind.example", run.integration.tenant, TenantRole.VIEWER).email)
    page = viewer.get(at(run))
    assert page.status_code == 200
    assert "run_cancel" not in page.content.decode()
    assert at(run, "run_cancel") not in page.content.decode()
    for name in ("run_cancel", "run_retry"):
        assert viewer.post(at(run, name)).status_code == 403
    run.refresh_from_db()
    assert not run.cancel_requested


def test_another_tenants_run_does_not_exist(going) -> None:
    run, _ = going
    other, stranger = tenant_with_admin("contoso")
    for name in ("run", "run_steps"):
        assert stranger.get(at(run, name)).status_code == 404
        assert stranger.get(reverse(name, kwargs={"slug": other.slug, "pk": run.pk})).status_code == 404
