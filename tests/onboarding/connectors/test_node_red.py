"""The flow imports: every node is wired to one of its tab, and its code is JavaScript."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from onboarding.connectors import node_red
from tests.onboarding.connectors.streams import ROLE, STREAMS


@pytest.mark.parametrize("way", ["itself", "role", "fips"])
def test_the_flow_is_whole(way: str) -> None:
    nodes = {node["id"]: node for node in flow(way)}
    assert [node["type"] for node in nodes.values()] == ["tab", "inject", "function", "debug"]
    tab = next(iter(nodes))
    for node in list(nodes.values())[1:]:
        assert node["z"] == tab
        assert all(target in nodes for output in node["wires"] for target in output)
    assert json.dumps(flow(way)) == json.dumps(flow(way))


@pytest.mark.parametrize("way", ["itself", "role", "fips"])
def test_the_code_is_javascript(way: str) -> None:
    code = function(way)["func"]
    node = shutil.which("node")
    assert node
    check = f"new (Object.getPrototypeOf(async function () {{}}).constructor)({json.dumps(code)})"
    done = subprocess.run([node, "-e", check], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_role_is_assumed_by_the_sdk() -> None:
    assert [lib["var"] for lib in function("role")["libs"]] == ["kinesis", "providers"]
    assert ROLE.external_id in function("role")["func"]
    assert [lib["var"] for lib in function("itself")["libs"]] == ["kinesis"]


def flow(way: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(node_red.settings(STREAMS[way]).files[0].text)
    return found


def function(way: str) -> dict[str, Any]:
    return flow(way)[2]
