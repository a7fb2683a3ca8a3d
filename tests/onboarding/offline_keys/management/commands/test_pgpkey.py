"""The command as a program: `inspect` needs no setting of the portal, and no database."""

import json
import os
import subprocess
import sys

from tests.architecture.tree import ROOT
from tests.portal.openpgp.test_cases import CASES


def as_program(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "manage.py", "pgpkey", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_no_setting_of_the_portal_is_needed() -> None:
    ended = as_program("inspect", str(CASES / "repair-quoted.txt"), str(CASES / "sha1-selfsig.asc"), "--json")
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert [entry["verdict"] for entry in json.loads(ended.stdout)["files"]] == ["accepted", "refused"]


def test_the_other_subcommands_do_need_them() -> None:
    ended = as_program("add", "key.asc", "--tenant", "northwind")
    assert ended.returncode == 1
    assert b"SLUICE_SECRET_KEY" in ended.stderr
