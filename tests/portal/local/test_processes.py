import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.local.processes import DidNotStart, base_environment, last_lines, start_process

PYTHON = sys.executable
SLEEPER = [PYTHON, "-c", "import time; time.sleep(600)"]


def test_a_command_gets_exactly_the_environment_it_was_given(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_PARENT", "x")
    log = tmp_path / "child.log"
    child = start_process(
        "child", [PYTHON, "-c", "import os; print(sorted(os.environ))"], log=log, environment={"A": "1"}
    )
    child.wait_until(lambda: child.exit_code == 0, seconds=20)
    child.stop()
    assert "'A'" in log.read_text()
    assert "SECRET_OF_THE_PARENT" not in log.read_text()


def test_a_command_that_ends_at_once_did_not_start_and_its_last_words_are_told(tmp_path):
    child = start_process(
        "child", [PYTHON, "-c", "import sys; sys.exit('no such folder')"], log=tmp_path / "log", environment={}
    )
    with pytest.raises(DidNotStart, match=r"child ended with code 1(.|\n)*no such folder"):
        child.wait_until(lambda: False, seconds=20)


def test_a_chore_that_ends_while_it_is_asked_whether_it_is_ready_is_ready(tmp_path):
    def done():
        answer = child.exit_code == 0
        while child.exit_code is None:
            time.sleep(0.01)
        return answer

    child = start_process("child", [PYTHON, "-c", "import time; time.sleep(0.2)"], log=tmp_path / "log", environment={})
    child.wait_until(done, seconds=20)
    child.stop()


def test_a_command_that_is_never_ready_is_stopped(tmp_path):
    child = start_process("child", SLEEPER, log=tmp_path / "log", environment={})
    with pytest.raises(DidNotStart, match="was not ready after 0 s"):
        child.wait_until(lambda: False, seconds=0.2)
    assert child.exit_code is not None


def test_stopping_ends_the_whole_group_even_one_that_ignores_the_signal(tmp_path):
    program = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True);"
        "time.sleep(600)"
    )
    log = tmp_path / "log"
    child = start_process("child", [PYTHON, "-c", program], log=log, environment={})
    child.wait_until(lambda: log.read_text().endswith("\n"), seconds=20)
    child.stop(seconds=0.3)
    assert child.exit_code == -signal.SIGKILL
    assert gone(int(log.read_text()))


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_no_child_outlives_a_parent_that_is_killed(tmp_path, end):
    program = (
        "import sys, time; from pathlib import Path; from portal.local.processes import start_process;"
        f"child = start_process('child', {SLEEPER!r}, log=Path({str(tmp_path / 'log')!r}), environment={{}});"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([PYTHON, "-c", program], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert not gone(pid, within=0)
        parent.send_signal(end)
    assert gone(pid)


def test_the_base_environment_names_no_credentials(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("HTTPS_PROXY", "x")
    assert not {"AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY"} & set(base_environment())
    assert "PATH" in base_environment()


def test_a_log_that_is_not_there_has_no_last_lines(tmp_path):
    assert "nothing was written" in last_lines(tmp_path / "missing")


def gone(pid, *, within=10.0):
    deadline = time.monotonic() + within
    while running(pid):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.05)
    return True


def running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Where nobody collects orphans, one that ended stays listed as a zombie.
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
