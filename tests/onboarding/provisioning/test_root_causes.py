"""One cause is one card: a run reports it once, with what cures it, and continues when it is cured."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.integrations import runs
from onboarding.models.connection import Connection
from onboarding.models.run import Run, Step
from onboarding.models.states import RunState
from onboarding.provisioning import step_transitions
from onboarding.provisioning.root_causes import root_cause, with_one_cause
from onboarding.spec import integration_spec as specs
from portal.aws.iam.roles import delete_role_completely
from portal.messages.message import Message
from tests.faults.proxy import Answer, Proxy, Request
from tests.markup import on_one_line
from tests.onboarding.pages import do_requested_checks
from tests.onboarding.provisioning.driving import applied, carried_out, failed_steps, started
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
ROLE = "SluiceAccess"
SCP = "User: arn:aws:sts::1:assumed-role/x is not authorized, with an explicit deny in a service control policy"


def path_of(run: Run, name: str = "run") -> str:
    return reverse(name, kwargs={"slug": run.integration.tenant.slug, "pk": run.pk})


def page_of(client: Client, run: Run) -> str:
    """The page's own content; what follows it is only shown when a request fails."""
    page = on_one_line(client.get(path_of(run)).content.decode())
    return page[page.index("<main") : page.index("</main>")]


def role_kept(world: World) -> Callable[[], None]:
    """What creates the client's role again as it is now."""
    iam = world.root().client("iam")
    role = iam.get_role(RoleName=ROLE)["Role"]
    attached = iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
    names = iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    inline = {name: iam.get_role_policy(RoleName=ROLE, PolicyName=name)["PolicyDocument"] for name in names}

    def create() -> None:
        trust = json.dumps(role["AssumeRolePolicyDocument"])
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust)
        for policy in attached:
            iam.attach_role_policy(RoleName=ROLE, PolicyArn=policy["PolicyArn"])
        for name, document in inline.items():
            iam.put_role_policy(RoleName=ROLE, PolicyName=name, PolicyDocument=json.dumps(document))

    return create


def test_a_role_that_is_back_is_verified_from_the_card_and_the_run_finishes(world: World, client: Client) -> None:
    integration, _ = applied(world, delivery=False)
    create_again = role_kept(world)
    delete_role_completely(world.root(), ROLE)
    spec = specs.from_row(integration.spec)
    longer = replace(spec, stream=replace(spec.stream, retention_hours=72))
    run = carried_out(runs.start_run(integration=integration, actor=world.admin, spec=longer))
    assert (run.state, failed_steps(run)) == (RunState.FAILED, {})
    client.force_login(world.admin)
    page = page_of(client, run)
    assert (page.count('role="alert"'), page.count("step is-failed"), page.count("<summary>AWS response")) == (1, 0, 1)
    assert f'action="{path_of(run, "run_verify")}"' in page

    still_gone = client.post(path_of(run, "run_verify"))
    do_requested_checks()
    connection = Connection.objects.get()
    at_connection = reverse("connection", kwargs={"slug": world.tenant.slug, "uid": connection.uid})
    assert (still_gone["Location"], connection.state) == (at_connection, "degraded")
    run.refresh_from_db()
    assert run.state == RunState.FAILED

    create_again()
    assert client.post(path_of(run, "run_verify"))["Location"] == at_connection
    assert "Sluice resumes the run" in on_one_line(client.get(at_connection).content.decode())
    do_requested_checks()
    assert Connection.objects.get().state == "verified"
    run = carried_out(run)
    assert run.state == RunState.DONE
    seen = world.root().client("kinesis").describe_stream_summary(StreamName=spec.stream.name)
    assert seen["StreamDescriptionSummary"]["RetentionPeriodHours"] == 72
    assert "is set up" in page_of(client, run)


def answering(code: str, text: str) -> Callable[[Request, int, Callable[[], Answer]], Answer]:
    """Every write fails for one cause; the role itself works."""

    def fault(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if request.operation.startswith(("Create", "PutBucket")):
            return request.error(400 if code != "AccessDenied" else 403, code, text)
        return carry_out()

    return fault


CAUSES = {
    "throttling": ("ThrottlingException", "Rate exceeded"),
    "service control policy": ("AccessDenied", SCP),
    "Region that is not enabled": ("OptInRequired", "You are not subscribed to this service"),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_one_cause_of_many_failures_is_one_card(
    world: World, client: Client, aws_proxy: Proxy, monkeypatch: pytest.MonkeyPatch, cause: str
) -> None:
    monkeypatch.setattr(step_transitions, "LONGEST_WAIT", step_transitions.SETTLING * 0)
    run = started(world)
    aws_proxy.fault = answering(*CAUSES[cause])
    run = carried_out(run)
    failed = failed_steps(run)
    assert len(failed) > 1, "several steps met it"
    assert run.failure is not None
    assert (run.failure.code, run.failure.params["step_count"]) == ("run.steps_failed", len(failed))
    client.force_login(world.admin)
    page = page_of(client, run)
    assert (page.count('role="alert"'), page.count("<summary>AWS response")) == (1, 1)
    assert page.count("Failed for the cause reported above.") == len(failed)


def test_an_external_id_that_no_longer_fits_is_one_card(world: World, client: Client) -> None:
    run = started(world, delivery=False)
    Connection.objects.update(external_id="sluice-another-external-id")
    run = carried_out(run)
    assert (run.state, failed_steps(run)) == (RunState.FAILED, {})
    client.force_login(world.admin)
    page = page_of(client, run)
    assert (page.count('role="alert"'), page.count("step is-failed")) == (1, 0)
    assert f'action="{path_of(run, "run_verify")}"' in page


def failed(code: str, detail: str = "") -> Step:
    return Step(state="failed", reason=Message(code), aws_detail=detail)


def test_steps_with_causes_of_their_own_keep_their_cards() -> None:
    alone, other = failed("aws.access_denied", "AccessDenied: no."), failed("aws.throttled")
    assert (root_cause(alone), root_cause(other)) == ("", "aws.throttled")
    assert with_one_cause([alone, failed("aws.access_denied", "AccessDenied: no.")]) == []
    assert with_one_cause([other]) == []
    assert with_one_cause([]) == []
