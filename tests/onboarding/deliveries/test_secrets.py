"""The line that makes a destination's secret, run as a client runs it, with an `aws` that writes down what it gets."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from onboarding.deliveries import secrets

AWS = """#!/bin/sh
printf '%s\\n' "$@" > "$HOME/arguments"
cat > "$HOME/standard-input"
echo arn:aws:secretsmanager:eu-west-1:111122223333:secret:sluice-x-AbCdEf
"""
KEY = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIFHDBO\nBgkqhkiG\n-----END ENCRYPTED PRIVATE KEY-----\n"
TYPED = {
    "redshift": (["loader", 'pa"ss\\word $1'], {"username": "loader", "password": 'pa"ss\\word $1'}),
    "http": (["hunter2"], {"api_key": "hunter2"}),
    "splunk": (["0f3a-hunter2"], {"hec_token": "0f3a-hunter2"}),
    "snowflake": (
        ["LOADER", "hunter2"],
        {"user": "LOADER", "private_key": "MIIFHDBOBgkqhkiG", "key_passphrase": "hunter2"},
    ),
}


def made(folder: Path, kind: str, typed: list[str]) -> tuple[dict[str, str], str, str]:
    """Run the line; return the secret's JSON, what `aws` was called with, and what was printed."""
    tool = folder / "aws"
    tool.write_text(AWS)
    tool.chmod(0o700)
    (folder / secrets.PRIVATE_KEY_FILE).write_text(KEY)
    # Without a terminal of its own, the line asks on its standard input.
    done = subprocess.run(
        ["bash", "-c", secrets.command(kind, region="eu-west-1", name="sluice-x")],
        input="".join(f"{line}\n" for line in typed),
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "PATH": f"{folder}:{os.environ['PATH']}"},
        start_new_session=True,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return json.loads((folder / "standard-input").read_text()), (folder / "arguments").read_text(), done.stdout


@pytest.mark.parametrize("kind", TYPED)
def test_the_line_makes_the_json_that_firehose_wants(tmp_path: Path, kind: str) -> None:
    typed, wanted = TYPED[kind]
    secret, arguments, printed = made(tmp_path, kind, typed)
    assert secret == wanted
    assert arguments.split()[:6] == ["secretsmanager", "create-secret", "--region", "eu-west-1", "--name", "sluice-x"]
    assert printed == "arn:aws:secretsmanager:eu-west-1:111122223333:secret:sluice-x-AbCdEf\n"
    assert all(value not in arguments for value in wanted.values()), "no secret is an argument"


def test_a_private_key_without_a_passphrase_has_none(tmp_path: Path) -> None:
    assert made(tmp_path, "snowflake", ["LOADER", ""])[0] == {"user": "LOADER", "private_key": "MIIFHDBOBgkqhkiG"}


@pytest.mark.parametrize("kind", ["s3", "opensearch", "opensearch_serverless", "iceberg"])
def test_kinds_without_a_secret_have_no_line(kind: str) -> None:
    assert secrets.command(kind, region="eu-west-1", name="sluice-x") == ""


def test_names_cannot_leave_the_line() -> None:
    assert "--name 'x; rm -rf ~'" in secrets.command("http", region="eu-west-1", name="x; rm -rf ~")
