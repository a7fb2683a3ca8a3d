"""Who may import whom: the contracts of pyproject.toml hold, and the reason of each stands in docs/architecture.md."""

import tomllib
from pathlib import Path

import pytest
from importlinter.application import use_cases
from importlinter.cli import lint_imports  # noqa: F401  (importing it configures the linter)

from tests.architecture.tree import CODE, ROOT, modules, parsed

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
WORDS_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}


def test_the_contracts_hold(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT))
    kept = use_cases.lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)
    assert kept, capsys.readouterr().out


@pytest.mark.parametrize("contract", SETTINGS["contracts"], ids=lambda contract: contract["name"])
def test_every_contract_has_its_reason(contract: dict[str, str]) -> None:
    assert contract["name"] in (ROOT / "docs" / "architecture.md").read_text()


@pytest.mark.parametrize("package", CODE)
def test_a_package_imports_nothing_by_itself(package: str) -> None:
    """Whoever imports portal.aws must not get Django or Celery with it."""
    assert parsed((ROOT / package / "__init__.py").read_text()).body == []


@pytest.mark.parametrize("path", modules(*CODE), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_named_for_what_it_holds(path: Path) -> None:
    assert path.stem not in WORDS_THAT_SAY_NOTHING
    assert path.parent.name not in WORDS_THAT_SAY_NOTHING
