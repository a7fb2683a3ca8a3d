"""Workers killed (SIGKILL) or paused (SIGSTOP) at a few boundaries of every workload; the next one completes the run.

The commit decides which boundaries (tests/sampling.py). `make faults` interrupts at every one.
"""

from dataclasses import replace

import pytest

from onboarding.deliveries.kinds import KINDS
from tests.faults import suite
from tests.faults.bodies import bodies
from tests.faults.leaks import RedisCommands, leaks
from tests.faults.scenario import Kill, Outcome, Rig, Scenario, described
from tests.faults.workloads import WORKLOADS
from tests.sampling import Sample

pytestmark = pytest.mark.django_db  # without a flush after each test: what the workers committed is checked

KILLS, KILLS_WHILE_SEALING, PAUSES = 1, 2, 1
# A pause in "set up all destinations" meets nothing that one in "set up" does not, and takes five times as long.
PAUSED = [workload for workload in WORKLOADS if workload != "set up all destinations"]

EXPECTED = {
    "set up": {"before CreateStream", "after CreateKey", "after AttachUserPolicy"},
    "set up all destinations": {"before CreateStream", "after CreateDeliveryStream"},
    "set up with endpoint": {"before CreateUser", "after CreatePolicyVersion"},
    "update": {"after UpdateShardCount", "before CreateDeliveryStream", "after DeleteRole"},
    "repair": {"after DeleteAccessKey", "after DetachUserPolicy", "after DeleteUserPolicy"},
    "remove": {"after DeleteUser", "before DeleteDeliveryStream", "after DeleteStream"},
    "adopt": {"before AddTagsToStream", "after AddTagsToStream"},
    "rotate": {"before CreateUser", "after AttachUserPolicy", "before UpdateAccessKey", "after DeleteUser"},
    "undo": {"before UpdateAccessKey", "after DeleteUser"},
    "revoke": {"after UpdateAccessKey", "before DetachUserPolicy", "after DeleteUser", "before PutRecord"},
    "set up by role": {"before CreateRole", "after PutRolePolicy"},
    "move": {"after CreateRole", "before DeleteUser", "after AttachUserPolicy", "before DeleteRole"},
    "consume": {"before CreateRole", "after CreateRole", "after PutRolePolicy"},
    "change consumers": {"after UpdateAssumeRolePolicy", "after UpdateRole", "before DeleteRole"},
    "share": {"before PutResourcePolicy", "after PutResourcePolicy", "after PutKeyPolicy"},
    "unshare": {"before PutResourcePolicy", "after PutResourcePolicy"},
    "register": {"before RegisterStreamConsumer", "after RegisterStreamConsumer"},
    "deregister": {"before DeregisterStreamConsumer", "after DeregisterStreamConsumer"},
    "add devices": {"before CreateThingType", "after CreatePolicy", "after CreateRole", "after CreateTopicRule"},
    "remove devices": {
        "before DeprecateThingType",
        "after DeleteTopicRule",
        "after DeletePolicy",
        "before DeleteThingType",
    },
    "exchange things": {
        "after CreateThing",
        "after CreateCertificateFromCsr",
        "before AttachPolicy",
        "after AttachThingPrincipal",
        "after UpdateCertificate",
        "before DeleteCertificate",
        "after DeleteThing",
    },
    "remove adopted": {"before RemoveTagsFromStream", "after RemoveTagsFromStream"},
}
COUNTS = {
    "set up all destinations": ("before CreateDeliveryStream", len(KINDS)),
    "set up with endpoint": ("before CreatePolicyVersion", 2),
    "adopt": ("before CreateStream", 0),
    "set up by role": ("before CreateUser", 0),
    "move": ("before CreateStream", 0),
    "remove adopted": ("before DeleteStream", 0),
}


@pytest.fixture(scope="module")
def undisturbed(rig: Rig, redis_commands: RedisCommands) -> dict[str, Outcome]:
    return suite.undisturbed_runs(rig)


@pytest.fixture(scope="module")
def outcomes(rig: Rig, undisturbed: dict[str, Outcome], sample: Sample) -> list[Outcome]:
    scenarios = [Scenario("set up", (kill,)) for kill in _while_sealing(sample)]
    for workload, first in undisturbed.items():
        boundaries = range(1, len(first.names) + 1)
        scenarios += [Scenario(workload, (Kill(at),)) for at in sample.spread(f"kill {workload}", boundaries, KILLS)]
        if workload in PAUSED:
            paused_at = sample.spread(f"pause {workload}", boundaries, PAUSES)
            scenarios += [Scenario(workload, (Kill(at),), pauses=True) for at in paused_at]
    first_try = list(suite.outcomes_of(rig, scenarios))
    again = [_earlier(outcome) for outcome in first_try if outcome.reached == (False,)]
    return [outcome for outcome in first_try if outcome.reached != (False,)] + list(suite.outcomes_of(rig, again))


def _earlier(outcome: Outcome) -> Scenario:
    """Return the scenario at the middle of a run that ended before its boundary: a quick AWS is polled less often.

    Of a run that was to be paused the names are not known: there it is half of where it was to be.
    """
    middle = len(outcome.names) // 2 or max(1, outcome.scenario.kills[0].at // 2)
    return replace(outcome.scenario, kills=(Kill(middle),))


def _while_sealing(sample: Sample) -> list[Kill]:
    return sample.spread("kill while sealing", suite.kills_while_sealing(), KILLS_WHILE_SEALING)


@pytest.mark.parametrize(
    ("outcome", "at"),
    [
        (Outcome(Scenario("rotate", (Kill(160),), pauses=True), (False,), (), (), 1.0), 80),
        (Outcome(Scenario("rotate", (Kill(1),), pauses=True), (False,), (), (), 1.0), 1),
        (Outcome(Scenario("rotate", (Kill(160),)), (False,), (), ("before CreateUser",) * 50, 1.0), 25),
    ],
)
def test_a_run_that_ended_early_is_interrupted_at_a_boundary_that_it_has(outcome: Outcome, at: int) -> None:
    assert _earlier(outcome).kills == (Kill(at),)
    assert _earlier(outcome).pauses == outcome.scenario.pauses


@pytest.mark.parametrize("workload", WORKLOADS)
def test_an_undisturbed_run_completes(undisturbed: dict[str, Outcome], workload: str) -> None:
    assert undisturbed[workload].wrong == ()
    assert EXPECTED[workload] <= set(undisturbed[workload].names)


@pytest.mark.parametrize("workload", COUNTS)
def test_an_undisturbed_run_calls_as_often_as_it_should(undisturbed: dict[str, Outcome], workload: str) -> None:
    name, count = COUNTS[workload]
    assert undisturbed[workload].names.count(name) == count


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_next_worker_completes_the_run(
    outcomes: list[Outcome], undisturbed: dict[str, Outcome], workload: str
) -> None:
    found = [outcome for outcome in outcomes if outcome.scenario.workload == workload]
    assert len(found) >= KILLS + (PAUSES if workload in PAUSED else 0)
    assert [described(outcome, undisturbed[workload]) for outcome in found if outcome.wrong] == []
    assert [str(outcome.scenario) for outcome in found if outcome.reached != (True,)] == []


def test_no_secret_is_left_anywhere(
    rig: Rig, outcomes: list[Outcome], redis_commands: RedisCommands, clean_redis: None
) -> None:
    secrets = rig.secrets_file.read_text().split()
    assert len(secrets) >= len([outcome for outcome in outcomes if outcome.scenario.workload == "set up"])
    assert leaks(rig.log, secrets, {"MONITOR": redis_commands.received, **bodies()}) == []
