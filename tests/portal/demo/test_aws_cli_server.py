"""The program `aws` of the demo: what a terminal shows of a command, and the server behind it."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from portal.demo import aws_cli
from portal.local.ministack import MiniStack
from tests.waiting import wait_for


@pytest.fixture
def shell(ministack: MiniStack, tmp_path: Path) -> dict[str, str]:
    aws_cli.install(tmp_path)
    keys = {"AWS_ACCESS_KEY_ID": "640000000001", "AWS_SECRET_ACCESS_KEY": "test"}
    return {**os.environ, **ministack.environment, **keys, "PATH": f"{tmp_path}:{os.environ['PATH']}"}


def bash(script: str, shell: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", script], env=shell, cwd=folder, capture_output=True, text=True, check=False, timeout=100
    )


def test_output_input_folder_and_status_are_the_callers(shell, tmp_path):
    (tmp_path / "there").mkdir()
    script = """
    aws sts get-caller-identity --query Account --output text > account.txt
    AWS_ACCESS_KEY_ID=640000000002 aws sts get-caller-identity --query Account --output text
    aws iam get-user --user-name nobody; echo "status $?" >&2
    aws configure get region; echo "status $?" >&2
    """
    done = bash(script, shell, tmp_path / "there")
    assert (tmp_path / "there" / "account.txt").read_text() == "640000000001\n"
    assert done.stdout == "640000000002\n"
    assert len(done.stderr.splitlines()) == 3, done.stderr
    refused, first, second = done.stderr.splitlines()
    assert refused.startswith("An error occurred (NoSuchEntity) when calling the GetUser operation")
    assert (first, second) == ("status 254", "status 1")


def test_commands_at_once_keep_apart(shell, tmp_path):
    script = """
    for account in 640000000003 640000000004 640000000005; do
      AWS_ACCESS_KEY_ID=$account aws sts get-caller-identity --query Account --output text > $account &
    done
    wait
    cat 64000000000?
    """
    assert bash(script, shell, tmp_path).stdout.split() == ["640000000003", "640000000004", "640000000005"]


def test_an_error_of_ours_is_said_and_is_no_success(shell, tmp_path):
    done = bash("aws iam no-such-thing", shell, tmp_path)
    assert done.returncode == 255
    assert "KeyError" in done.stderr


def test_a_program_that_ends_before_it_asked_leaves_no_process(shell, tmp_path):
    assert bash("aws sts get-caller-identity", shell, tmp_path).returncode == 0
    with socket.socket(socket.AF_UNIX) as half:
        half.connect(str(address_in(tmp_path)))
        half.sendall(b'{"arguments": [')
        wait_for(lambda: len(servers(tmp_path)) > 1)
    wait_for(lambda: len(servers(tmp_path)) == 1)


def address_in(folder):
    [address] = [word for word in (folder / "aws").read_text().split() if word.endswith(".sock")]
    return Path(address)


def servers(folder):
    """The server's process, and its forks."""
    listed = subprocess.run(
        ["pgrep", "-f", f"aws_cli_server {address_in(folder)}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    return [int(pid) for pid in listed.stdout.split()]


def test_a_server_that_was_killed_is_started_again(shell, tmp_path):
    ask = "aws sts get-caller-identity --query Account --output text"
    assert bash(ask, shell, tmp_path).returncode == 0
    for pid in servers(tmp_path):
        os.kill(pid, 9)
    wait_for(lambda: not servers(tmp_path))
    assert bash(ask, shell, tmp_path).stdout == "640000000001\n"
