"""Samples differ between commits, leave no stretch out, and can be repeated."""

import subprocess

from tests.architecture.tree import ROOT
from tests.sampling import Sample, commit

BOUNDARIES = range(1, 101)


def test_the_same_seed_draws_the_same() -> None:
    assert Sample("a").spread("kill", BOUNDARIES, 5) == Sample("a").spread("kill", BOUNDARIES, 5)


def test_other_seeds_and_labels_draw_others() -> None:
    drawn = [Sample(seed).spread(label, BOUNDARIES, 5) for seed in ("a", "b") for label in ("kill", "pause")]
    assert len({tuple(places) for places in drawn}) == len(drawn)


def test_one_is_drawn_of_each_stretch() -> None:
    for seed in map(str, range(50)):
        assert [at // 20 for at in Sample(seed).spread("kill", range(100), 5)] == [0, 1, 2, 3, 4]


def test_many_seeds_together_draw_everything() -> None:
    drawn = {at for seed in range(300) for at in Sample(str(seed)).spread("kill", BOUNDARIES, 5)}
    assert drawn == set(BOUNDARIES)


def test_never_more_are_drawn_than_there_are() -> None:
    assert Sample("a").spread("kill", [1, 2], 5) == [1, 2]


def test_the_seed_is_the_commit() -> None:
    asked = ["git", "rev-parse", "HEAD"]
    head = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120).stdout
    assert head.startswith(commit())
    assert len(commit()) >= 12
