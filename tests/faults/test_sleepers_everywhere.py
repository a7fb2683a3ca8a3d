"""Workers stopped (SIGSTOP) at boundaries of all kinds and woken (SIGCONT) after another has ended the run.

A sample here, every boundary in `make faults`. The sleeper's successor ends the run while it sleeps; on waking
it changes neither a row nor anything in the account.
"""

import pytest

from tests.faults import suite
from tests.faults.plots import PLOTS
from tests.faults.sleeping import tell_asleep
from tests.faults.story import Rig, described

pytestmark = pytest.mark.django_db


@pytest.mark.slow
@pytest.mark.parametrize("plot", [plot for plot in PLOTS if plot != "set up in full"])
def test_whoever_wakes_up_late_changes_nothing(rig: Rig, plot: str) -> None:
    undisturbed = next(suite.told(rig, [()], plot=plot))
    stories = suite.sample(undisturbed.names)
    assert len(stories) > 10
    outcomes = list(suite.told(rig, stories, plot=plot, teller=tell_asleep))
    assert [described(outcome, undisturbed) for outcome in outcomes if outcome.wrong] == []
    assert all(outcome.died == (True,) for outcome in outcomes)
