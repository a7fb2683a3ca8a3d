"""`make faults` continues where it was ended, and begins anew once the code differs."""

from pathlib import Path

import pytest

from tests.faults import progress
from tests.faults.progress import Result

KILLED = Result("update/kills", "killed at 17", 227, 1, (), 2.5)
BROKEN = Result("update/kills", "killed at 18", 227, 1, ("two keys",), 2.5)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "var" / "faults.jsonl"


def test_results_are_there_in_the_next_call(state: Path) -> None:
    first = progress.load(state)
    first.add(KILLED)
    first.add(BROKEN)
    found = progress.load(state)
    assert found.results == [KILLED, BROKEN]
    assert found.has("update/kills", "killed at 17", 227)
    assert not found.has("update/kills", "killed at 19", 227)


def test_a_result_counts_for_its_own_numbering_only(state: Path) -> None:
    progress.load(state).add(KILLED)
    assert not progress.load(state).has("update/kills", "killed at 17", 229)
    assert not progress.load(state).has("repair/kills", "killed at 17", 227)


def test_a_line_that_was_cut_off_is_run_again(state: Path) -> None:
    progress.load(state).add(KILLED)
    with state.open("a") as file:
        file.write('\n{"part": "update/k')
    cut_off = progress.load(state)
    assert cut_off.results == [KILLED]
    cut_off.add(BROKEN)
    assert progress.load(state).results == [KILLED, BROKEN]


def test_other_code_begins_anew(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    progress.load(state).add(KILLED)
    with monkeypatch.context() as patch:
        patch.setattr(progress, "code_hash", lambda: "another")
        assert progress.load(state).results == []
    assert progress.load(state).results == []


def test_what_was_done_can_be_forgotten(state: Path) -> None:
    progress.load(state).add(KILLED)
    assert progress.load(state, fresh=True).results == []


def test_the_hash_is_that_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = progress.code_hash()
    monkeypatch.setattr(progress, "CODE", progress.CODE[1:])
    assert progress.code_hash() != whole
