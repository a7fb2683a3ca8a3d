"""A worker killed outright at any boundary of a changing run: it is changed once, and its key is the one it had."""

import pytest

from tests.faults import suite
from tests.faults.every_kill import EveryKill
from tests.faults.story import Outcome, Rig

pytestmark = pytest.mark.django_db  # without a flush after each test: what the workers committed is looked at
PLOT = "change"


@pytest.fixture(scope="module")
def undisturbed(rig: Rig) -> Outcome:
    """A change that nobody kills; its boundaries number those of all others."""
    return next(suite.told(rig, [()], plot=PLOT))


@pytest.fixture(scope="module")
def outcomes(rig: Rig, undisturbed: Outcome) -> list[Outcome]:
    return list(suite.told(rig, suite.every_single_kill(len(undisturbed.names), makes_key=False), plot=PLOT))


def test_an_undisturbed_change_ends_well(undisturbed: Outcome) -> None:
    assert undisturbed.wrong == ()
    assert {"after UpdateShardCount", "before CreateDeliveryStream", "after DeleteRole"} <= set(undisturbed.names)


class TestEveryKill(EveryKill):
    """What holds after each."""
