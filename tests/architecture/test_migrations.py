"""The migrations say what the models say, and follow each other."""

import pytest
from django.apps import apps
from django.core.management import call_command

from tests.architecture.tree import ROOT

APPS = ("tenancy", "outbox", "onboarding", "monitoring")


@pytest.mark.django_db
def test_no_migration_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


@pytest.mark.parametrize("label", APPS)
def test_they_follow_each_other_without_a_gap(label: str) -> None:
    folder = ROOT / apps.get_app_config(label).path / "migrations"
    numbers = sorted(int(path.name[:4]) for path in folder.glob("[0-9]*.py"))
    assert numbers == list(range(1, len(numbers) + 1))
    assert (folder / "0001_initial.py").is_file()
