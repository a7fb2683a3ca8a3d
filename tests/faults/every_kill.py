"""What every suite of kills asks of its stories; a suite brings the fixtures `outcomes` and `undisturbed`."""

from tests.faults.leaks import leaks
from tests.faults.story import Outcome, Rig, described


class EveryKill:
    """Each worker was killed where it should be, all is well afterwards, and no secret lies about."""

    def test_every_kill_happened(self, outcomes: list[Outcome]) -> None:
        assert outcomes
        assert [str(outcome.kills[0]) for outcome in outcomes if outcome.died != (True,)] == []

    def test_after_every_single_kill_all_is_well(self, outcomes: list[Outcome], undisturbed: Outcome) -> None:
        assert [described(outcome, undisturbed) for outcome in outcomes if outcome.wrong] == []

    def test_no_secret_is_left_anywhere(self, rig: Rig, outcomes: list[Outcome]) -> None:
        secrets = rig.secrets_file.read_text().split()
        assert len(secrets) >= len(outcomes)
        assert leaks(rig.log, secrets) == []
