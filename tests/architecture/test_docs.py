"""The documents are complete: what exists is described, what is described exists, and examples work."""

import ast
import importlib
import json
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from onboarding.deliveries.kinds import KINDS
from onboarding.provisioning.steps import stream as any_step
from onboarding.provisioning.usual_durations import DURATIONS
from onboarding.spec import rules, validation, yaml_file
from tests.architecture.command_line import names, own_arguments, parsers
from tests.architecture.tree import CODE, ROOT, files, modules, parsed, texts

DOCS = ROOT / "docs"
STEPS = [name for name in DURATIONS if not name.startswith("remove_")]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
NAMED_FILE = re.compile(r"`((?:tests|portal|onboarding|monitoring|static|docs)/[\w./-]+)`")
# Written so that this file does not hold what it looks for.
PLACES_OF_ONE_MACHINE = re.compile(r"(?<![\w.~$>}-])/(?:work|home|root|Users|mnt)/[\w.-]+|(?<![\w.~])\.\./shared\b")
REGISTRIES = re.compile(
    "|".join(
        re.escape(host)
        for host in (
            "pypi" + ".org",
            "files.python" + "hosted.org",
            "registry.npm" + "js.org",
            "unpkg" + ".com",
            "jsdelivr" + ".net",
            "proxy.golang" + ".org",
        )
    )
)


def markdown() -> list[Path]:
    return [path for path in files() if path.suffix == ".md"]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


by_document = pytest.mark.parametrize("path", markdown(), ids=name_of)


def prose(path: Path) -> str:
    return FENCE.sub("", path.read_text())


@cache
def headings(path: Path) -> tuple[str, ...]:
    return tuple(re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE))


def anchors(path: Path) -> set[str]:
    """Return a document's anchors as GitHub makes them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(path)}


@by_document
def test_every_link_leads_somewhere(path: Path) -> None:
    lost = []
    for target in LINK.findall(prose(path)):
        if "://" in target or target.startswith("mailto:"):
            continue
        file, _, anchor = target.partition("#")
        goal = (path.parent / file).resolve() if file else path
        is_lost = not goal.exists() or ROOT not in goal.parents
        if is_lost or (anchor and goal.suffix == ".md" and anchor not in anchors(goal)):
            lost.append(target)
    assert lost == []


@by_document
def test_every_picture_is_there_and_says_what_it_shows(path: Path) -> None:
    shown = PICTURE.findall(prose(path))
    assert [target for _, target in shown if not (path.parent / target).is_file()] == []
    assert all(content for content, _ in shown)


@by_document
def test_every_file_that_is_named_exists(path: Path) -> None:
    assert [name for name in NAMED_FILE.findall(prose(path)) if not (ROOT / name).exists()] == []


# Every environment variable has a row.


def variables() -> Iterator[str]:
    """Every variable that the code reads or sets for its processes, and that the server installation takes."""
    for path in modules(*CODE):
        for node in ast.walk(parsed(path.read_text())):
            yield from _read_by_settings(node)
            yield from _looked_up(node)
    for name in ("docker-compose.yml", "Dockerfile", "Makefile"):
        if (ROOT / name).is_file():
            yield from re.findall(r"\$\{([A-Z][A-Z0-9_]+)", (ROOT / name).read_text())
    compose = ROOT / "docker-compose.yml"
    if compose.is_file():
        for service in yaml.safe_load(compose.read_text())["services"].values():
            yield from service.get("environment", {})


def _read_by_settings(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        owner, first = node.func.value, node.args[0]
        if isinstance(owner, ast.Name) and owner.id == "env" and isinstance(first, ast.Constant):
            yield str(first.value)


def _looked_up(node: ast.AST) -> Iterator[str]:
    """A key of os.environ, or a key of a dict whose keys all look like variables."""
    name = r"[A-Z][A-Z0-9_]{2,}"
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("environ"):
        key = node.slice
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("environ.get", "environ.setdefault")):
        key = node.args[0]
    elif isinstance(node, ast.Dict):
        yield from _environment_dict(node, name)
        return
    else:
        return
    if isinstance(key, ast.Constant):
        yield str(key.value)


def _environment_dict(node: ast.Dict, name: str) -> Iterator[str]:
    keys = [key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    prefixes = ("SLUICE_", "AWS_", "DJANGO_", "PYTHON")
    if any(key.startswith(prefixes) for key in keys) or {"AUTH", "STATE_DIR"} & set(keys):
        yield from (key for key in keys if re.fullmatch(name, key))


def described() -> set[str]:
    rows = [line for line in (DOCS / "configuration.md").read_text().splitlines() if line.startswith("|")]
    return {name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row.split("|")[1])}


def test_every_environment_variable_has_a_row() -> None:
    content = (DOCS / "configuration.md").read_text()
    of_the_system = {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ"}
    found = set(variables())
    assert {"SLUICE_SECRET_KEY", "DATABASE_URL", "AWS_ENDPOINT_URL"} <= found
    missing = found - described() - of_the_system
    assert sorted(missing) == []
    assert all(f"`{name}`" in content for name in of_the_system & found)


def test_no_row_is_left_of_a_setting_that_is_gone() -> None:
    ours = {name for name in described() if name.startswith("SLUICE_")}
    assert sorted(ours - set(variables())) == []


# Every step has its heading and its condition.


@pytest.mark.parametrize("name", STEPS)
def test_every_step_is_described(name: str) -> None:
    page = (DOCS / "provisioning-engine.md").read_text()
    assert name in headings(DOCS / "provisioning-engine.md")
    module = importlib.import_module(any_step.__name__.rsplit(".", 1)[0] + f".{name}")
    condition = (module.__doc__ or "").strip().splitlines()[0]
    section = page.split(f"\n### {name}\n")[1].split("\n### ")[0]
    assert condition in " ".join(section.split()), "its docstring's first line is its condition, word for word"
    assert "After a crash" in " ".join(section.split())


def test_no_step_is_described_that_is_gone() -> None:
    page = (DOCS / "provisioning-engine.md").read_text().split("\n## The steps\n")[1].split("\n## ")[0]
    described_steps = re.findall(r"^### (\w+)$", page, re.MULTILINE)
    assert described_steps == STEPS


# Every command, subcommand and option is described.


def test_every_command_and_subcommand_is_described() -> None:
    assert sorted(set(names()) - set(headings(DOCS / "command-line.md"))) == []


@pytest.mark.parametrize(("name", "parser"), list(parsers()))
def test_every_option_is_described(name: str, parser: ArgumentParser) -> None:
    options = {option for action in own_arguments(parser) for option in action.option_strings}
    page = (DOCS / "command-line.md").read_text()
    assert sorted(option for option in options if option not in page) == []


# The spec.


def test_the_published_schema_is_the_one_in_use() -> None:
    assert json.loads((DOCS / "integration.schema.json").read_text()) == validation.schema()


def examples() -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```", (DOCS / "spec.md").read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", examples(), ids=["whole", "smallest"])
def test_an_example_spec_is_accepted(text: str) -> None:
    spec = yaml_file.from_yaml(text)
    assert rules.check(spec, name_prefix="sluice-", account_id="111122223333") == []
    assert yaml_file.from_yaml(spec.as_yaml()) == spec


def test_the_whole_example_leaves_nothing_out() -> None:
    whole, properties = yaml.safe_load(examples()[0]), validation.schema()["properties"]
    assert set(whole) == set(properties)
    # These two stand in the spec of a stream that is adopted, and only there: see adoption.md.
    assert set(whole["stream"]) == set(properties["stream"]["properties"]) - {"adopt", "creation_timestamp"}
    assert set(whole["deliveries"][0]) == set(validation.schema()["$defs"]["delivery"]["properties"])


def test_every_field_of_a_spec_has_a_row() -> None:
    page, properties = (DOCS / "spec.md").read_text(), validation.schema()["properties"]
    parts = [f"stream.{name}" for name in properties["stream"]["properties"]]
    parts += [f"deliveries[].{name}" for name in validation.schema()["$defs"]["delivery"]["properties"]]
    assert [field for field in [*properties, *parts] if field != "stream" and f"`{field}`" not in page] == []


def test_every_setting_of_a_destination_has_a_row() -> None:
    page = (DOCS / "deliveries.md").read_text()
    for kind in KINDS:
        section = page.split(f"\n## {kind}\n")[1].split("\n## ")[0]
        settings = [name for name in validation.schema()["$defs"][kind]["properties"] if name != "kind"]
        assert [name for name in settings if f"`{name}`" not in section] == [], kind


# Decisions.


@pytest.mark.parametrize("path", sorted((DOCS / "decisions").glob("*.md")), ids=name_of)
def test_a_decision_has_its_parts(path: Path) -> None:
    assert {"Context", "Decision"} <= set(headings(path))
    assert any(heading.startswith("Rejected") for heading in headings(path))
    number = int(path.name.split("-")[0])
    assert headings(path)[0].startswith(f"{number}. ")


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(path.name.split("-")[0]) for path in (DOCS / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_decision_is_listed() -> None:
    listed = (DOCS / "architecture.md").read_text().split("\n## Decisions\n")[1]
    named = [f"decisions/{path.name}" for path in sorted((DOCS / "decisions").glob("*.md"))]
    assert re.findall(r"\]\((decisions/[^)]+)\)", listed) == named


def test_every_target_of_make_exists() -> None:
    targets = set(re.findall(r"^([a-z.][\w./-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in markdown():
        quoted = re.findall(r"`([^`\n]+)`|^(?:\$ )?(make .*)$", path.read_text(), re.MULTILINE)
        named = {target for pair in quoted for target in re.findall(r"^make ([a-z][\w-]*)(?!=)\b", "".join(pair))}
        assert named <= targets, (name_of(path), named - targets)


# What must not be in any file.


def test_no_file_names_a_place_on_one_machine() -> None:
    found = {name: PLACES_OF_ONE_MACHINE.findall(text) for name, text in texts()}
    assert {name: places for name, places in found.items() if places} == {}


def test_no_file_names_a_package_registry() -> None:
    assert [name for name, text in texts() if REGISTRIES.search(text)] == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [("see /ho" + "me/ada/x", True), ("cd /wo" + "rk/main", True), ("~/Downloads/x", False), ("/app/job/x", False)],
)
def test_a_place_would_be_found(text: str, is_found: bool) -> None:
    assert bool(PLACES_OF_ONE_MACHINE.search(text)) is is_found
