"""A process that ends is started again, after pauses that grow until it runs for a while."""

import sys
from pathlib import Path

from portal.demo.kept import PAUSES, Kept
from portal.local.processes import ChildProcess, DidNotStart, start_process
from tests.waiting import wait_for


class Story:
    """A kept process under a clock of its own, and what was said about it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 0.0
        self.printed: list[str] = []
        self.fails = False
        self.kept = Kept(self.start(), self.start, stop_seconds=1, say=self.printed.append, clock=lambda: self.now)

    def start(self) -> ChildProcess:
        if getattr(self, "fails", False):
            raise DidNotStart("it did not start")
        command = [sys.executable, "-c", "input()"]  # ends at once: its input is empty
        return start_process("part", command, log=self.folder / "log", environment={})

    def let_it_end(self) -> None:
        wait_for(lambda: self.kept.child.exit_code is not None)
        self.kept.check()


def test_it_is_started_again_after_a_pause(tmp_path: Path) -> None:
    story = Story(tmp_path)
    first = story.kept.child
    story.let_it_end()
    assert story.printed[0].startswith("part ended unexpectedly (exit code 1). It is started again in 1 s.")
    story.now = 0.9
    story.kept.check()
    assert story.kept.child is first
    story.now = 1.0
    story.kept.check()
    assert story.kept.child is not first
    assert story.printed[1] == "part was started again after 1 s."
    story.kept.stop()


def test_the_pauses_grow_and_start_over_once_it_ran_for_a_minute(tmp_path: Path) -> None:
    story, waited = Story(tmp_path), []
    for _ in range(len(PAUSES) + 1):
        story.let_it_end()
        before = story.now
        while "was started again" not in story.printed[-1]:
            story.now += 1
            story.kept.check()
        waited.append(story.now - before)
    assert waited == [*PAUSES, PAUSES[-1]]
    story.now += 60
    story.let_it_end()
    assert "in 1 s" in story.printed[-1]
    story.kept.stop()


def test_one_that_does_not_start_is_tried_again_later(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.let_it_end()
    story.fails, story.now = True, 1.0
    story.kept.check()
    assert story.printed[-1] == "it did not start\nThe next attempt is in 2 s."
    story.fails, story.now = False, 3.0
    story.kept.check()
    assert story.printed[-1] == "part was started again after 3 s."
    story.kept.stop()
