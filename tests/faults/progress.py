"""What `make faults` has done so far: a line of JSON for each scenario, in a file that the next call continues.

The first line has a hash of the code. Once the code differs, what was found before says nothing about it, so the file
begins anew.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / "var" / "faults.jsonl"
CODE = ("portal", "onboarding", "monitoring", "tests/faults")


@dataclass(frozen=True)
class Result:
    """What one scenario of a part came to; `of` is how many boundaries there were when it was numbered."""

    part: str
    scenario: str
    of: int
    reached: int
    wrong: tuple[str, ...]
    seconds: float


@dataclass
class Progress:
    """All results so far."""

    path: Path
    results: list[Result] = field(default_factory=list)

    def add(self, result: Result) -> None:
        """Keep a result, in the file at once."""
        self.results.append(result)
        with self.path.open("a") as state:
            state.write("\n" + json.dumps(asdict(result)))  # first the end of a line that may have been cut off

    def of(self, part: str) -> list[Result]:
        """Return the results of a part."""
        return [result for result in self.results if result.part == part]

    def has(self, part: str, scenario: str, of: int) -> bool:
        """Tell whether a scenario has been run among so many boundaries."""
        return any((result.scenario, result.of) == (scenario, of) for result in self.of(part))


def load(path: Path = STATE, *, fresh: bool = False) -> Progress:
    """Return the progress in the file if it belongs to this code, or begin a file."""
    wanted = code_hash()
    lines = path.read_text().splitlines() if path.exists() and not fresh else []
    if lines and lines[0] == wanted:
        return Progress(path, list(_read(lines[1:])))
    path.parent.mkdir(exist_ok=True)
    path.write_text(wanted)
    return Progress(path)


def code_hash() -> str:
    """Return a hash of every Python file that takes part, and of the locked packages."""
    digest = hashlib.sha256((ROOT / "requirements-dev.lock").read_bytes())
    for file in sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py")):
        digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _read(lines: list[str]) -> Iterator[Result]:
    for line in filter(None, lines):
        try:
            found = json.loads(line)
        except ValueError:
            continue  # it was cut off when the last call was ended
        yield Result(**found | {"wrong": tuple(found["wrong"])})
