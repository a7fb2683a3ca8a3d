"""A worker killed outright at any boundary of a removal: what was made is gone, and only that; what is kept is said."""

import pytest

from tests.faults import suite
from tests.faults.leaks import leaks
from tests.faults.story import Outcome, Rig, described

pytestmark = pytest.mark.django_db  # without a flush after each test: what the workers committed is looked at
PLOT = "remove"


@pytest.fixture(scope="module")
def undisturbed(rig: Rig) -> Outcome:
    """A removal that nobody kills; its boundaries number those of all others."""
    return next(suite.told(rig, [()], plot=PLOT))


@pytest.fixture(scope="module")
def outcomes(rig: Rig, undisturbed: Outcome) -> list[Outcome]:
    return list(suite.told(rig, suite.every_single_kill(len(undisturbed.names), makes_key=False), plot=PLOT))


def test_an_undisturbed_removal_ends_well(undisturbed: Outcome) -> None:
    assert undisturbed.wrong == ()
    assert {"after DeleteUser", "before DeleteDeliveryStream", "after DeleteStream"} <= set(undisturbed.names)


def test_every_kill_happened(outcomes: list[Outcome]) -> None:
    assert [str(outcome.kills[0]) for outcome in outcomes if outcome.died != (True,)] == []


def test_after_every_single_kill_all_is_well(outcomes: list[Outcome], undisturbed: Outcome) -> None:
    assert [described(outcome, undisturbed) for outcome in outcomes if outcome.wrong] == []


def test_no_secret_is_left_anywhere(rig: Rig, outcomes: list[Outcome]) -> None:
    secrets = rig.secrets_file.read_text().split()
    assert len(secrets) >= len(outcomes)
    assert leaks(rig.log, secrets) == []
