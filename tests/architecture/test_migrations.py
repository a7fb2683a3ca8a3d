"""The migrations say what the models say, and each app has one until the first release."""

import pytest
from django.apps import apps
from django.core.management import call_command

from tests.architecture.tree import ROOT

APPS = ("tenancy", "onboarding", "monitoring")


@pytest.mark.django_db
def test_no_migration_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


@pytest.mark.parametrize("label", APPS)
def test_there_is_one_until_the_first_release(label: str) -> None:
    folder = ROOT / apps.get_app_config(label).path / "migrations"
    assert [path.name for path in folder.glob("[0-9]*.py")] == ["0001_initial.py"]
