"""AWS's own message stays with a step while it waits, and after it gave up."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from onboarding.models.states import RunState, StepState
from onboarding.provisioning import claims, engine, step_transitions
from onboarding.provisioning.answers import Waiting
from onboarding.provisioning.context import Context
from onboarding.provisioning.steps import firehose
from portal.aws.errors import fault
from portal.messages.message import Message
from tests import clock
from tests.faults.proxy import Answer, Proxy, Request
from tests.onboarding.provisioning.driving import carried_out, failed_steps, started
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
NO_TABLE = "Access was denied when calling Glue. No permission for the table buildings.desks"


def test_a_wrong_table_is_shown_with_awss_message_and_final_after_a_minute(world: World, aws_proxy: Proxy) -> None:
    def refuse(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        is_it = request.operation == "CreateDeliveryStream"
        return request.error(400, "InvalidArgumentException", NO_TABLE) if is_it else carry_out()

    run = started(world)
    aws_proxy.fault = refuse
    carried_out(run, turns=3)
    step = run.steps.get(name="firehose:sluice-sensors-to-s3")
    assert (step.state, step.reason) == ("waiting", Message("waiting.role_propagating"))
    assert NO_TABLE in step.aws_detail
    clock.pass_time(run.pk, firehose.ROLE_SETTLES)
    carried_out(run)
    step.refresh_from_db()
    assert (run.state, failed_steps(run)[step.name].code) == (RunState.FAILED, "refused.firehose_role")
    assert NO_TABLE in step.aws_detail


def test_a_wait_that_gave_up_keeps_awss_message(world: World) -> None:
    run = started(world, delivery=False)
    claim = claims.acquire(run.pk)
    assert claim is not None
    step = run.steps.get(name="stream")
    step_transitions.mark_running(claim, step)
    waiting = Waiting(1, Message("waiting.aws"), "AWS's own words")
    step_transitions.record_answer(claim, step, waiting)
    step.refresh_from_db()
    assert (step.state, step.aws_detail) == (StepState.WAITING, "AWS's own words")
    clock.pass_time(run.pk, step_transitions.LONGEST_WAIT + timedelta(seconds=1))
    step.refresh_from_db()
    step_transitions.record_answer(claim, step, Waiting(1, Message("waiting.aws")))
    step.refresh_from_db()
    assert (step.state, step.aws_detail) == (StepState.FAILED, "AWS's own words")


@pytest.mark.parametrize("code", ["ThrottlingException", "OptInRequired"])
def test_a_run_that_cannot_enter_the_account_keeps_awss_message(world: World, code: str) -> None:
    run = started(world, delivery=False)

    def refused(*_: object) -> Context:
        raise fault(code, "sts:AssumeRole", "AWS's own words")

    engine.advance(run.pk, refused)
    run.refresh_from_db()
    step = run.steps.first()
    assert step is not None
    assert "AWS's own words" in step.aws_detail
    assert (run.state, step.state) == (("waiting", "waiting") if code == "ThrottlingException" else ("failed", "todo"))
