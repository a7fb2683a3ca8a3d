"""A secret of a row is encrypted in the table, and nothing shows it but `reveal()`."""

import copy
import json
import logging
import pickle

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection
from django.forms import modelform_factory
from django.forms.models import model_to_dict

from portal.secret_store import store
from tests.portal.secret_store.keys import keys, notes

__all__ = ["keys", "notes"]
WORD = "swordfish"


def in_table(note) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT secret FROM {note._meta.db_table} WHERE id = %s", [note.pk])  # noqa: S608  (a test's table)
        return cursor.fetchone()[0]


def test_it_is_encrypted_in_the_table_and_reads_back(keys, notes) -> None:
    note = notes.objects.create(uid="one", secret=WORD)
    assert note.secret.reveal() == WORD
    assert in_table(note).startswith(f"v1.{store.newest_key_id()}.")
    assert WORD not in in_table(note)
    read = notes.objects.get(pk=note.pk)
    assert read.secret.reveal() == WORD
    read.refresh_from_db()
    read.save()
    assert notes.objects.defer("secret").get(pk=note.pk).secret.reveal() == WORD
    assert not read.other


def test_a_ciphertext_in_another_row_or_column_does_not_decrypt(keys, notes) -> None:
    mine, theirs = notes.objects.create(uid="one", secret=WORD), notes.objects.create(uid="two", secret="x")
    for change in ("secret = %s WHERE id = %s", "other = %s WHERE id = %s"):
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {notes._meta.db_table} SET {change}", [in_table(mine), theirs.pk])  # noqa: S608  (as above)
    theirs.refresh_from_db()
    for secret in (theirs.secret, theirs.other):
        with pytest.raises(store.SecretUnreadable) as refused:
            secret.reveal()
        assert WORD not in str(refused.value)


def test_nothing_shows_it(keys, notes, caplog: pytest.LogCaptureFixture) -> None:
    note = notes.objects.create(uid="one", secret=WORD)
    logging.getLogger("notes").warning("%s %r %s", note.secret, note.secret, vars(note))
    rows = [*notes.objects.values(), *notes.objects.values_list("secret")]
    form = modelform_factory(notes, fields=["uid"])(instance=note)
    shown = [
        f"{note.secret} {note.secret!r} {note.secret:>20}",
        repr(rows),
        repr(model_to_dict(note)),
        form.as_p(),
        serializers.serialize("json", [note]),
        caplog.text,
        repr(copy.deepcopy(note.secret)),
    ]
    assert WORD not in "".join(shown)
    assert "secret" not in model_to_dict(note)
    with pytest.raises(FieldError):
        modelform_factory(notes, fields=["secret"])
    with pytest.raises(store.SecretUnreadable):
        rows[0]["secret"].reveal()
    with pytest.raises(TypeError):
        pickle.dumps(note.secret)
    with pytest.raises(TypeError):
        json.dumps(rows[0])


def test_it_cannot_be_searched_for_or_stored_unencrypted(keys, notes) -> None:
    note = notes.objects.create(uid="one", secret=WORD)
    with pytest.raises(FieldError):
        notes.objects.filter(secret=WORD).exists()
    with pytest.raises(TypeError):
        notes.objects.filter(pk=note.pk).update(secret=WORD)
    with pytest.raises(ValueError, match="uid"):
        notes(secret=WORD)


def test_without_keys_a_row_can_be_kept_without_a_secret_only(settings, notes) -> None:
    settings.SLUICE_ENCRYPTION_KEYS_FILE = None
    assert not notes.objects.create(uid="one").secret
    with pytest.raises(store.SecretStoreOff):
        notes(uid="one", secret=WORD)
