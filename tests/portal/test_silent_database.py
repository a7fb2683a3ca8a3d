"""A PostgreSQL that accepts connections and never answers is noticed in seconds by web, tap and workers."""

import os
import socket
import subprocess
import sys

from tests.architecture.tree import ROOT

LIMIT_SECONDS = 2
# In a process of its own, as the settings are read there; the three at the same time.
CODE = """
import time, django
django.setup()
from concurrent.futures import ThreadPoolExecutor
from monitoring.tap.source import open_source
from onboarding.tasks import advance_run
from portal import readiness

def outcome(work):
    began = time.monotonic()
    try:
        found = work()
    except Exception as fault:
        found = type(fault).__name__
    return f"{found} {time.monotonic() - began:.1f}"

parts = (lambda: readiness.check().status, lambda: open_source("x"), lambda: advance_run(run_id=1))
with ThreadPoolExecutor(3) as pool:
    print(*pool.map(outcome, parts), sep="\\n")
"""


def test_every_process_notices_it_within_the_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        environment = {
            **os.environ,
            "DATABASE_URL": f"postgresql://a:b@127.0.0.1:{server.getsockname()[1]}/d",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "SLUICE_DATABASE_CONNECT_SECONDS": str(LIMIT_SECONDS),
        }
        command = [sys.executable, "-c", CODE]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
    outcomes = [line.split() for line in done.stdout.splitlines()]
    assert [found for found, _seconds in outcomes] == ["unavailable", "OperationalError", "OperationalError"]
    assert all(float(seconds) < LIMIT_SECONDS + 3 for _found, seconds in outcomes)
