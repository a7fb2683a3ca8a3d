"""The demo, started as a person starts it, and what a story needs to know of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.local import postgres

PROJECT = Path(__file__).resolve().parents[2]
PASSWORD = "sluice-demo"
READY_SECONDS = 240


@dataclass
class Demo:
    """A running demo: its address, the folder of its state, its process."""

    url: str
    state: Path
    process: subprocess.Popen[str]

    @property
    def database_url(self) -> str:
        """How to reach its PostgreSQL."""
        return postgres.url_for(self.state / "postgres", postgres.DATABASE)

    @property
    def aws_environment(self) -> dict[str, str]:
        """How to reach its AWS."""
        return json.loads((self.state / "aws-environment.json").read_text())

    def grant(self, template: Path) -> str:
        """Play the client in the AWS console: create the role from a template; return what was printed."""
        command = [sys.executable, "-m", "portal.demo.console", "apply-role"]
        arguments = ["--template", str(template), "--state", str(self.state)]
        done = subprocess.run(command + arguments, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=90)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, script: Path, *arguments: str) -> str:
        """Play the client in a terminal: run a script of Sluice's in its account; return what was printed."""
        console = [sys.executable, "-m", "portal.demo.console"]
        command = [*console, "run", "--state", str(self.state), str(script), *arguments]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def logs(self) -> str:
        """Everything that its processes logged, for a failure's report."""
        return "\n".join(
            f"== {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in (self.state / "log").glob("*.log")
        )


@contextmanager
def running() -> Iterator[Demo]:
    """Start a fresh demo on a free port, wait until it says that it is ready, and stop it as Ctrl-C does."""
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
        state, port = Path(folder) / "var", _free_port()
        command = [sys.executable, "-m", "portal.demo", "--port", str(port), "--state", str(state), "--fresh"]
        process = subprocess.Popen(
            command, cwd=PROJECT, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        demo = Demo(f"http://localhost:{port}", state, process)
        try:
            _wait_for(demo, f"Sluice is ready at {demo.url}")
            yield demo
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def _wait_for(demo: Demo, line: str) -> None:
    printed, until = [], time.monotonic() + READY_SECONDS
    assert demo.process.stdout is not None
    for text in demo.process.stdout:
        printed.append(text)
        if line in text:
            return
        if time.monotonic() > until:
            break
    raise AssertionError("".join(printed) + (demo.logs() if (demo.state / "log").exists() else ""))


def _environment() -> dict[str, str]:
    # As from a shell of its own: nothing of the test run's settings, servers or AWS.
    ours = ("SLUICE_", "AWS_", "DATABASE_", "REDIS_", "DJANGO_", "CELERY_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
