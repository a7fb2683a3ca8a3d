"""The flow, deployed to Node-RED itself: its code reads the records of the emulator, as itself and by a role.

Node-RED listens on loopback only. A second debug node, which prints, is wired beside the flow's own.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from onboarding.connectors import node_red
from onboarding.connectors.consumed_stream import AssumedRole, ConsumedStream
from portal.aws.iam.access_keys import AccessKey
from portal.aws.records import put_record
from portal.local.ministack import MiniStack
from portal.local.ports import free_port
from tests.onboarding.connectors.test_aws_cli import ACCOUNT, EXTERNAL_ID, NAME, ROLE_ARN, STREAM, Readers, readers

__all__ = ["readers"]
pytestmark = pytest.mark.audit
ROOT = Path(__file__).parents[3]
INSTALLED = ROOT / "var" / "node-red"
PATIENCE_SECONDS = 60
SETTINGS = "module.exports = { uiHost: '127.0.0.1', disableEditor: true, telemetry: { enabled: false } };\n"
PRINTS = {"id": "prints", "type": "debug", "active": True, "console": True, "tosidebar": False, "complete": "true"}


@contextmanager
def running(at: Path, key: AccessKey) -> Iterator[tuple[str, Path]]:
    """Node-RED with a folder of its own, in which its modules are as make installed them: its address, and its log."""
    shutil.copy(INSTALLED / "package.json", at)
    (at / "node_modules").symlink_to(INSTALLED / "node_modules")
    (at / "settings.js").write_text(SETTINGS)
    node, port, log = Path(sys.executable).with_name("node"), free_port(), at / "node-red.log"
    environment = {
        "HOME": str(at),
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"],
        "AWS_ACCESS_KEY_ID": key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
        "NODE_EXTRA_CA_CERTS": os.environ["AWS_CA_BUNDLE"],
    }
    program = [str(node), str(INSTALLED / "node_modules/node-red/red.js"), "--userDir", str(at), "--port", str(port)]
    with log.open("wb") as output, subprocess.Popen(program, env=environment, stdout=output, stderr=output) as process:
        try:
            wait(lambda: "Started flows" in log.read_text(), log)
            yield f"http://127.0.0.1:{port}", log
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def wait(holds: Any, log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until, log.read_text()[-4000:]
        time.sleep(0.2)


def deployed(address: str, stream: ConsumedStream) -> list[dict[str, Any]]:
    """Deploy the generated flow, and return what Node-RED then has of it."""
    flow: list[dict[str, Any]] = json.loads(node_red.settings(stream).files[0].text)
    flow[2]["wires"][0].append("prints")
    flow.append({**PRINTS, "z": flow[0]["id"], "x": 600, "y": 160, "wires": []})
    answer = httpx.post(f"{address}/flows", json=flow, headers={"Node-RED-Deployment-Type": "full"}, timeout=60)
    assert answer.status_code == 204, answer.text
    nodes = httpx.get(f"{address}/nodes", headers={"Accept": "application/json"}, timeout=60).json()
    types = {name for found in nodes for name in found["types"]}
    assert {node["type"] for node in flow} - {"tab"} <= types, "the flow needs a node that Node-RED does not bring"
    found: list[dict[str, Any]] = httpx.get(f"{address}/flows", timeout=60).json()
    return found


def sends(ministack: MiniStack, log: Path, text: str) -> bool:
    put_record(ministack.root(ACCOUNT), NAME, data=json.dumps({"text": text}).encode(), partition_key="desk")
    return text in log.read_text()


@pytest.mark.parametrize("way", ["itself", "role"])
def test_node_red_runs_the_flow_and_reads_new_records(
    ministack: MiniStack, readers: Readers, tmp_path: Path, way: str
) -> None:
    role = AssumedRole(ROLE_ARN, EXTERNAL_ID) if way == "role" else None
    stream = replace(STREAM, role=role)
    with running(tmp_path, readers.caller if role else readers.reader) as (address, log):
        found = deployed(address, stream)
        assert {node["type"] for node in found} == {"tab", "inject", "function", "debug"}
        wait(lambda: sends(ministack, log, f"read by {way}"), log)
        assert "Error" not in log.read_text()


def test_a_wrong_external_id_is_an_error_of_the_flow(readers: Readers, tmp_path: Path) -> None:
    stream = replace(STREAM, role=AssumedRole(ROLE_ARN, "another"))
    with running(tmp_path, readers.caller) as (address, log):
        deployed(address, stream)
        wait(lambda: "AccessDenied" in log.read_text(), log)
