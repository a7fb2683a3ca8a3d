"""A worker killed outright while a client's own stream is adopted or given back: it is never made and never deleted."""

import pytest

from tests.faults import suite
from tests.faults.every_kill import EveryKill
from tests.faults.story import Outcome, Rig

pytestmark = pytest.mark.django_db  # without a flush after each test: what the workers committed is looked at


@pytest.fixture(scope="module", params=["adopt", "give back"])
def plot(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def undisturbed(rig: Rig, plot: str) -> Outcome:
    return next(suite.told(rig, [()], plot=plot))


@pytest.fixture(scope="module")
def outcomes(rig: Rig, plot: str, undisturbed: Outcome) -> list[Outcome]:
    stories, names = suite.every_single_kill(len(undisturbed.names), makes_key=False), undisturbed.names
    # What comes before a removal's stream, and after an adopted one, is killed everywhere in suites of its own.
    if plot == "adopt":
        until = names.index("after AddTagsToStream") + 8
        stories = [*stories[:until], *stories[until::4]]
    else:
        stories = stories[names.index("before DescribeStreamSummary") :]
    return list(suite.told(rig, stories, plot=plot))


def test_an_undisturbed_run_ends_well(plot: str, undisturbed: Outcome) -> None:
    assert undisturbed.wrong == ()
    wanted = {"adopt": "AddTagsToStream", "give back": "RemoveTagsFromStream"}[plot]
    assert {f"before {wanted}", f"after {wanted}"} <= set(undisturbed.names)
    assert not {"CreateStream", "DeleteStream"} & {name.split()[-1] for name in undisturbed.names}


class TestEveryKill(EveryKill):
    """What holds after each."""
