"""Keys of the secret store for a test, and a table with a secret."""

from pathlib import Path

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps

from portal.secret_store import key_file
from portal.secret_store.field import EncryptedField


@pytest.fixture
def keys(settings, tmp_path: Path) -> Path:
    """A file with one key, which is configured."""
    file = tmp_path / "keys"
    file.write_text(key_file.new_line() + "\n")
    settings.SLUICE_ENCRYPTION_KEYS_FILE = file
    return file


def add_key(file: Path) -> None:
    file.write_text(f"{key_file.new_line()}\n{file.read_text()}")


@pytest.fixture
def notes(owner: None, db: None) -> type[models.Model]:
    """A table with a secret, which exists for this test."""
    with isolate_apps("portal.secret_store"):

        class Note(models.Model):
            uid = models.CharField(max_length=20)
            secret = EncryptedField(bound_to="uid")
            other = EncryptedField(bound_to="uid")

            class Meta:
                app_label = "secret_store"

            def __str__(self) -> str:
                return self.uid

    with connection.schema_editor() as editor:
        editor.create_model(Note)
    return Note
