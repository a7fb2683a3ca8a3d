"""A worker killed while a key is proved that will be held to a VPC endpoint: the key handed out goes that way only."""

import pytest

from tests.faults import suite
from tests.faults.every_kill import EveryKill
from tests.faults.story import Kill, Outcome, Rig

pytestmark = pytest.mark.django_db  # without a flush after each test: what the workers committed is looked at
PLOT = "set up one way in"


@pytest.fixture(scope="module")
def undisturbed(rig: Rig) -> Outcome:
    """A run that nobody kills; its boundaries number those of all others."""
    return next(suite.told(rig, [()], plot=PLOT))


@pytest.fixture(scope="module")
def outcomes(rig: Rig, undisturbed: Outcome) -> list[Outcome]:
    """A kill at every boundary from the making of the user on; what comes before is as in other stories."""
    first = undisturbed.names.index("before CreateUser") + 1
    stories = [(Kill(at),) for at in range(first, len(undisturbed.names) + 1)]
    return list(suite.told(rig, stories, plot=PLOT))


def test_an_undisturbed_run_exempts_once_and_takes_it_back(undisturbed: Outcome) -> None:
    assert undisturbed.wrong == ()
    assert undisturbed.names.count("before CreatePolicyVersion") == 2


def test_there_are_stories_enough(outcomes: list[Outcome]) -> None:
    assert len(outcomes) > 20


class TestEveryKill(EveryKill):
    """The key that is handed out is proved, and goes one way."""
