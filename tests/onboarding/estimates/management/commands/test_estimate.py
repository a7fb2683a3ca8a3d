"""The command as a program: it needs no setting of the portal."""

import json
import os
import subprocess
import sys

from tests.architecture.tree import ROOT


def as_program(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "estimate", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
        capture_output=True,
        check=False,
        timeout=60,
        text=True,
    )


def test_no_setting_of_the_portal_is_needed() -> None:
    ended = as_program("--records-per-second", "1 500", "--retention-hours", "48", "--deliveries", "1", "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    answer = json.loads(ended.stdout)
    assert (answer["shards"], answer["binding_limit"]) == (2, "records")
    assert answer["monthly_usd"]["provisioned"] < answer["monthly_usd"]["on_demand"]
    assert {row["item"] for row in answer["rows"]["provisioned"]} >= {"Shards", "Extended retention", "Firehose"}


def test_people_read_sentences() -> None:
    ended = as_program("--records-per-second", "1000")
    assert ended.returncode == 0
    lines = ended.stdout.splitlines()
    assert lines[0] == "1 shard. The number of records is the limit: 1,000 records/s; a shard accepts 1,000 records/s."
    assert "  Shards: 10.95 (1 shard × 730 hours)" in lines
    assert lines[-1] == "An estimate, by prices of 2026-11-30."


def test_every_problem_is_at_its_path() -> None:
    ended = as_program(
        "--records-per-second=1,500", "--record-bytes=0", "--retention-hours=-3", "--region=mars-1", "--json"
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    found = {error["path"]: error["code"] for error in json.loads(ended.stderr)["errors"]}
    assert found.pop("region").startswith("name.")
    assert found == {
        "records_per_second": "number.ambiguous",
        "record_bytes": "number.too_small",
        "retention_hours": "number.negative",
    }
