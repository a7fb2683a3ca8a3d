"""What a test could not run on this machine, listed at the end of the run: a pytest plugin, `-p tests.not_run`.

A test that needs a program or a right that few machines have runs what it can, and reports the rest here: neither a
failure, nor a pass that no one can tell from a real one.
"""

from collections.abc import Callable

import pytest
from _pytest.terminal import TerminalReporter

_PROPERTY = "not run"


@pytest.fixture
def not_run(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Return a function that reports what this test does not run here, and why."""

    def report(reason: str) -> None:
        request.node.user_properties.append((_PROPERTY, reason))

    return report


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """List what was not run."""
    lines = [
        f"{report.nodeid}: {reason}"
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "teardown"
        for name, reason in report.user_properties
        if name == _PROPERTY
    ]
    if lines:
        terminalreporter.section("not run on this machine")
        for line in lines:
            terminalreporter.write_line(line)
