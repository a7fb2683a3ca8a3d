"""Prints the ten files that took the longest: a pytest plugin, loaded with `-p tests.slowest`."""

from collections import Counter

import pytest

MOST = 10


class Slowest:
    """Adds the durations of set-up, call and teardown up by file, whichever worker of pytest-xdist ran them."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add what one phase of a test took."""
        self.seconds[report.nodeid.partition("::")[0]] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table."""
        total = sum(self.seconds.values())
        terminalreporter.section(f"slowest {MOST} files of {len(self.seconds)} ({total:.0f} s in all processes)")
        for name, seconds in self.seconds.most_common(MOST):
            terminalreporter.write_line(f"{seconds:8.1f} s  {name}")


def pytest_configure(config: pytest.Config) -> None:
    """Count in the process that gets all reports: the only one, or the one that hands tests out."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.pluginmanager.register(Slowest(), "slowest-files")
