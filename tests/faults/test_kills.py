"""A worker killed outright at any boundary: the next one ends the run with one of everything and no secret anywhere.

The integration is a full one: a stream with a delivery to each of the eight kinds of destination.
"""

import pytest

from onboarding.deliveries.kinds import KINDS
from tests.faults import suite
from tests.faults.every_kill import EveryKill
from tests.faults.story import Outcome, Rig

pytestmark = pytest.mark.django_db  # without a flush after each test: what the workers committed is looked at


PLOT = "set up in full"


@pytest.fixture(scope="module")
def undisturbed(rig: Rig) -> Outcome:
    """A run that nobody kills; its boundaries number those of all others."""
    return next(suite.told(rig, [()], plot=PLOT))


@pytest.fixture(scope="module")
def outcomes(rig: Rig, undisturbed: Outcome) -> list[Outcome]:
    anywhere = suite.every_single_kill(len(undisturbed.names), makes_key=False)
    sealing = suite.kills_while_sealing()  # of which deliveries know nothing, so these come with one
    return [*suite.told(rig, anywhere, plot=PLOT), *suite.told(rig, sealing)]


def test_an_undisturbed_run_ends_well(undisturbed: Outcome) -> None:
    assert undisturbed.wrong == ()
    assert "before CreateStream" in undisturbed.names
    assert undisturbed.names.count("before CreateDeliveryStream") == len(KINDS)
    assert "after AttachUserPolicy" in undisturbed.names


class TestEveryKill(EveryKill):
    """What holds after each."""
