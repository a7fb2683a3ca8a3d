"""A worker killed while a key is proved that will be held to a VPC endpoint: the key handed out goes that way only."""

import pytest

from tests.faults import suite
from tests.faults.leaks import leaks
from tests.faults.story import Kill, Outcome, Rig, described

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


def test_after_every_kill_the_key_is_proved_and_goes_one_way(outcomes: list[Outcome], undisturbed: Outcome) -> None:
    assert len(outcomes) > 20
    assert [str(outcome.kills[0]) for outcome in outcomes if outcome.died != (True,)] == []
    assert [described(outcome, undisturbed) for outcome in outcomes if outcome.wrong] == []


def test_no_secret_is_left_anywhere(rig: Rig, outcomes: list[Outcome]) -> None:
    secrets = rig.secrets_file.read_text().split()
    assert len(secrets) >= len(outcomes)
    assert leaks(rig.log, secrets) == []
