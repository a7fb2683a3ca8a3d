"""The search for secrets would find each key of a rotation, an undone one, a revocation and a move in any form."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import leaks, suite
from tests.faults.scenario import Rig, Scenario

pytestmark = pytest.mark.django_db
# The workload, the form in which its keys are written into the log, and how many keys it has.
PLANTED = [("rotate", "gzip", 2), ("undo", "base64", 2), ("revoke", "hexadecimal", 1), ("move", "UTF-16", 2)]


@pytest.fixture
def only_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other places have tests of their own (test_leaks.py)."""
    monkeypatch.setattr(leaks, "places", lambda log: [("log", log.read_bytes())])


@pytest.mark.sampled(1, rest="faults")
@pytest.mark.usefixtures("only_the_log")
@pytest.mark.parametrize(("workload", "form", "keys"), PLANTED)
def test_every_key_of_a_workload_is_found_where_it_was_planted(
    rig: Rig, tmp_path: Path, workload: str, form: str, keys: int
) -> None:
    leaking = replace(rig, folder=tmp_path, planted=form)
    [outcome] = suite.outcomes_of(leaking, [Scenario(workload)])
    assert outcome.wrong == ()
    secrets = leaking.secrets_file.read_text().split()
    assert len(set(secrets)) == keys
    assert [leaks.leaks(leaking.log, [secret]) for secret in secrets] == [["log"]] * keys
    assert leaks.leaks(leaking.log, [secret[::-1] for secret in secrets]) == []
