"""The switch of the simulated building: what it reads from its file, and what the documentation says of it."""

import json
import logging
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.demo.building.situations import EXPECTED, MOST_BYTES, Situation, Switch, Switched, turn
from tests.architecture.tree import ROOT

SINCE = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "situation.json"


def test_without_a_file_everything_is_normal(file: Path) -> None:
    assert Switch(file).read() == Switched()


@pytest.mark.parametrize("situation", Situation)
def test_what_is_turned_is_read_by_the_building_that_runs(file: Path, situation: Situation) -> None:
    switch = Switch(file)
    switch.read()
    turn(file, situation, stream="sluice-a", since=SINCE)
    assert switch.read() == Switched(situation, "sluice-a", SINCE)
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]
    file.unlink()
    assert switch.read() == Switched()


def test_a_situation_is_of_one_stream_or_of_every(file: Path) -> None:
    assert Switched(Situation.SILENCE, "sluice-a").of("sluice-a") is Situation.SILENCE
    assert Switched(Situation.SILENCE, "sluice-a").of("sluice-b") is Situation.NORMAL
    assert Switched(Situation.SILENCE).of("sluice-b") is Situation.SILENCE


def test_it_has_lasted_since_the_switch_and_never_less_than_no_time() -> None:
    switched = Switched(Situation.SILENCE, "", SINCE)
    assert switched.seconds(SINCE + timedelta(minutes=2)) == 120
    assert switched.seconds(SINCE - timedelta(minutes=2)) == 0
    assert Switched().seconds(SINCE) == 0


def _text(**other: object) -> bytes:
    return json.dumps({"situation": "silence", "stream": "", "since": SINCE.isoformat(), **other}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"silence",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"silence"',
        b"{}",
        b"[" * MOST_BYTES,
        _text(situation="earthquake"),
        _text(situation=["silence"]),
        _text(situation=None),
        _text(stream="a b"),
        _text(stream="a" * 129),
        _text(stream=0),
        _text(stream=[]),
        _text(since="yesterday"),
        _text(since=None),
        _text(since="0001-01-01T00:00:00+14:00"),
        _text() + b" " * MOST_BYTES,
        _text()[:-9],
    ],
)
def test_what_is_not_understood_is_normal_and_logged_once(
    file: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    switch = Switch(file)
    file.write_bytes(_text())
    assert switch.read().situation is Situation.SILENCE
    file.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert [switch.read() for _ in range(3)] == [Switched()] * 3
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 1


def test_a_file_that_cannot_be_read_is_normal(file: Path) -> None:
    file.mkdir()
    assert Switch(file).read() == Switched()


def test_no_reader_sees_half_of_what_is_being_written(file: Path) -> None:
    positions = [(Situation.SILENCE, "sluice-a"), (Situation.STOPPED_CONSUMER, "sluice-" + "b" * 100)]
    turn(file, *positions[0][:1], stream=positions[0][1], since=SINCE)
    stopped = threading.Event()

    def write() -> None:
        while not stopped.is_set():
            for situation, stream in positions:
                turn(file, situation, stream=stream, since=SINCE)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        switch = Switch(file)
        found = {switch.read() for _ in range(500)}
    finally:
        stopped.set()
        for writer in writers:
            writer.join(30)
    assert found <= {Switched(situation, stream, SINCE) for situation, stream in positions}
    assert [entry.name for entry in file.parent.iterdir()] == [file.name], "nothing half written stays"


def test_every_situation_but_normal_says_what_it_leads_to() -> None:
    assert set(EXPECTED) == set(Situation) - {Situation.NORMAL}


def test_the_documentation_has_the_same_table() -> None:
    rows = [
        f"| `{situation}` | {expected.what} | {expected.status} | {expected.alert} | {expected.status_minutes} min "
        f"| {expected.alert_minutes} min | {expected.closes_minutes} min |"
        for situation, expected in EXPECTED.items()
    ]
    documented = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    section = documented.split("### Situations\n", 1)[1].split("\n### ", 1)[0]
    assert [line for line in section.splitlines() if line.startswith("| `")] == rows
