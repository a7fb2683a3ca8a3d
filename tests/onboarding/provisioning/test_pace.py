"""What is ready is noticed soon, whether AWS is quick or slow, and with few looks."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.integrations.context_factory import open_run
from onboarding.provisioning import engine, polling
from onboarding.provisioning.polling import Pace
from portal.aws.session import AwsSession
from tests import clock
from tests.onboarding.provisioning.driving import started
from tests.world import World

PACES = {"stream": polling.STREAM_CREATING, "change": polling.STREAM_UPDATING, "firehose": polling.FIREHOSE_CREATING}
FIRST_LOOK = 0.5  # what a step answers right after it has asked AWS for something


def looks(kept: Pace, ready_after: float) -> list[float]:
    """The ages at which something is looked at, up to the look that finds it ready."""
    ages = [FIRST_LOOK]
    while ages[-1] < ready_after:
        ages.append(ages[-1] + kept.next_in(ages[-1]))
    return ages


@pytest.mark.parametrize("name", PACES)
def test_what_takes_as_long_as_usual_is_found_ready_by_the_third_look(name: str) -> None:
    kept = PACES[name]
    ages = looks(kept, kept.usual)
    assert len(ages) <= 3
    assert ages[-1] - kept.usual <= polling.JUST_AFTER + 0.001


@pytest.mark.parametrize("name", PACES)
def test_a_slow_aws_is_noticed_at_most_a_tenth_of_its_age_late(name: str) -> None:
    kept = PACES[name]
    for tenths in range(int(kept.usual * 10) + 1, 6000):
        ready = tenths / 10
        late = looks(kept, ready)[-1] - ready
        assert late <= max(polling.SHORTEST, ready * polling.SHARE_OF_AGE), (ready, late)


@pytest.mark.parametrize("name", PACES)
def test_a_quick_aws_is_noticed_at_most_half_the_usual_time_late(name: str) -> None:
    kept = PACES[name]
    for tenths in range(int(kept.usual * 10) + 1):
        ready = tenths / 10
        late = looks(kept, ready)[-1] - ready
        assert late <= max(polling.SHORT, kept.usual / 2 + polling.JUST_AFTER), (ready, late)


@pytest.mark.parametrize("name", PACES)
def test_ten_minutes_of_waiting_are_at_most_sixty_looks(name: str) -> None:
    assert len(looks(PACES[name], 600)) <= 60


@pytest.fixture
def never_active() -> Iterator[None]:
    """Every data stream is CREATING for as long as this lasts."""

    def creating(parsed: dict[str, dict[str, str]], **_: object) -> None:
        if "StreamDescriptionSummary" in parsed:
            parsed["StreamDescriptionSummary"]["StreamStatus"] = "CREATING"

    client = AwsSession.client

    def watched(self, service, **asked):
        made = client(self, service, **asked)
        if service == "kinesis":
            made.meta.events.register(
                "after-call.kinesis.DescribeStreamSummary", creating, unique_id="tests.never-active"
            )
        return made

    AwsSession.client = watched
    yield
    AwsSession.client = client


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("never_active")
@pytest.mark.parametrize(("age", "least", "most"), [(1, 3, 4), (7, 2.3, 3.3), (40, 3.5, 4.5), (300, 29, 31)])
def test_the_engine_looks_again_by_the_age_of_the_step(world: World, age: int, least: float, most: float) -> None:
    run = started(world, delivery=False)
    engine.advance(run.pk, open_run)
    run.steps.filter(name="stream").update(started_at=timezone.now() - timedelta(seconds=age))
    clock.pass_until_due(run.pk)
    engine.advance(run.pk, open_run)
    step = run.steps.get(name="stream")
    assert step.state == "waiting"
    assert step.retry_at is not None
    assert least <= (step.retry_at - timezone.now()).total_seconds() <= most
