"""Nothing waits for ever: every program that is run and every process or thread that is waited for has a time limit."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import CODE, ROOT, modules, parsed

RUNS = {"subprocess.run", "subprocess.check_output", "subprocess.check_call"}
WAITS = {"wait", "join", "communicate"}
WITHOUT_LIMIT = {
    "portal/demo/console.py": "a person's own script, which can ask them",
    "portal/openpgp/certificates.py": "what was killed a line before",
}


def unbounded(tree: ast.AST) -> Iterator[str]:
    """Yield each call that can wait for ever; what is awaited has the limit of the asyncio.timeout around it."""
    awaited = {node.value for node in ast.walk(tree) if isinstance(node, ast.Await)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or node in awaited:
            continue
        name = ast.unparse(node.func)
        is_wait = isinstance(node.func, ast.Attribute) and node.func.attr in WAITS
        is_bare = not node.args and not node.keywords
        is_run = name in RUNS and not any(keyword.arg == "timeout" for keyword in node.keywords)
        if is_run or (is_wait and is_bare):
            yield f"line {node.lineno}: {name}"


@pytest.mark.parametrize("path", modules(*CODE, "tests"), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_wait_has_a_limit(path: Path) -> None:
    if str(path.relative_to(ROOT)) not in WITHOUT_LIMIT:
        assert list(unbounded(parsed(path.read_text()))) == []


@pytest.mark.parametrize("path", modules(*CODE), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_cancellation_is_lost(path: Path) -> None:
    # asyncio.wait_for of Python 3.11 returns a result that is just there and drops the cancellation; see
    # test_a_browser_that_leaves_at_any_step_of_a_send_is_noticed.
    assert "asyncio.wait_for(" not in path.read_text(), "use asyncio.timeout"


@pytest.mark.parametrize("path", WITHOUT_LIMIT)
def test_what_is_excepted_needs_to_be(path: str) -> None:
    assert list(unbounded(parsed((ROOT / path).read_text())))


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("subprocess.run(['a'])", 1),
        ("subprocess.run(['a'], timeout=5)", 0),
        ("child.wait()", 1),
        ("child.wait(5)", 0),
        ("thread.join()", 1),
        ("', '.join(words)", 0),
        ("child.communicate(timeout=5)", 0),
        ("async def f(): await ready.wait()", 0),
    ],
)
def test_a_wait_without_a_limit_would_be_found(source: str, count: int) -> None:
    assert len(list(unbounded(parsed(source)))) == count
