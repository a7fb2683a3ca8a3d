"""Random samples that differ between commits and can be repeated: a pytest plugin, loaded with `-p tests.sampling`.

What `make faults` and `make audit` run in full, `make test` runs at a few places. The hash of the commit decides which,
so that many commits together cover everything, and the same commit always runs the same.

A test marked `@pytest.mark.sampled(2)` runs with two of its parameters in `make test`, and with the others in `make
audit`; with `sampled(2, rest="faults")` the others run in `make faults`.
"""

import itertools
import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

ROOT = Path(__file__).resolve().parents[1]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Sample:
    """Draws from a seed. Each label draws independently of the others."""

    seed: str

    def spread(self, label: str, items: Sequence[Item], count: int) -> list[Item]:
        """Return one item of each of `count` consecutive stretches of the items, so that no part is left out."""
        draw, count = random.Random(f"{self.seed} {label}"), min(count, len(items))
        edges = [len(items) * number // count for number in range(count + 1)]
        return [items[draw.randrange(start, end)] for start, end in itertools.pairwise(edges)]


def commit() -> str:
    """Return the hash of the commit, or today's date where there is no repository."""
    asked = ["git", "rev-parse", "--short=12", "HEAD"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    return done.stdout.strip() if done.returncode == 0 else datetime.now(UTC).date().isoformat()


def seed_of(config: pytest.Config) -> str:
    """Return the seed of this run."""
    return str(config.getoption("--sample-seed") or commit())


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a sample be repeated."""
    parser.addoption("--sample-seed", default="", help="draw samples from this instead of the hash of the commit")


def pytest_report_header(config: pytest.Config) -> str:
    """Print the seed before the tests …"""
    return f"samples: --sample-seed={seed_of(config)}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """… and after them, where a failure is read."""
    terminalreporter.write_line(f"Samples were drawn with --sample-seed={seed_of(config)}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give the parameters that were not drawn the mark of the tier that runs them; before tests/tiers.py looks."""
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("sampled"):
            groups.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for name, group in groups.items():
        _leave_to_another_tier(name, group, Sample(seed_of(config)))


def _leave_to_another_tier(name: str, group: list[pytest.Item], sample: Sample) -> None:
    mark = group[0].get_closest_marker("sampled")
    assert mark is not None
    drawn = sample.spread(name, group, *mark.args)
    for item in group:
        if item not in drawn:
            item.add_marker(mark.kwargs.get("rest", "audit"))


@pytest.fixture(scope="session")
def sample(request: pytest.FixtureRequest) -> Sample:
    """The samples of this run."""
    return Sample(seed_of(request.config))
