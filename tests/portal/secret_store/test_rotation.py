"""The key is changed by command, while old and new secrets can be read."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.secret_store import key_file, rotation, store
from tests.portal.secret_store.keys import add_key, keys, notes

__all__ = ["keys", "notes"]


def run(*arguments: str) -> dict:
    out = StringIO()
    call_command("secrets", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def rows(keys, notes, monkeypatch):
    monkeypatch.setattr(rotation.apps, "get_models", lambda: [notes])
    return [notes.objects.create(uid=f"note {number}", secret=f"word {number}") for number in range(3)]


def secrets_of(notes) -> list[str]:
    return [note.secret.reveal() for note in notes.objects.order_by("pk")]


def test_rotation_leaves_nothing_with_the_old_key(keys, notes, rows) -> None:
    old = store.newest_key_id()
    assert run("status")["in_use"] == {old: 3}
    answer = run("key", "--file", str(keys))
    assert (answer["keys"], answer["key"]) == (2, store.newest_key_id())
    rows.append(notes.objects.create(uid="new", secret="word new"))
    assert secrets_of(notes) == ["word 0", "word 1", "word 2", "word new"]
    done = run("rotate")
    assert (done["rotated"], done["current"], done["unreadable"]) == (3, 1, 0)
    assert run("status") == {"file": store.known_key_ids(), "in_use": {store.newest_key_id(): 4}}
    keys.write_text(keys.read_text().splitlines()[0])
    assert secrets_of(notes) == ["word 0", "word 1", "word 2", "word new"]
    assert run("rotate")["current"] == 4


def test_a_secret_that_changed_meanwhile_is_kept(keys, notes, rows, monkeypatch) -> None:
    add_key(keys)
    found = list(rotation._of_field(notes, notes._meta.get_field("secret")))
    rows[0].secret = "changed"
    rows[0].save()
    assert not found[0].replace("v1.x.y")
    assert secrets_of(notes)[0] == "changed"


def test_what_cannot_be_decrypted_is_counted_and_fails_the_command(keys, notes, rows) -> None:
    keys.write_text(key_file.new_line())
    with pytest.raises(CommandError, match="3 stored secrets cannot be decrypted"):
        run("rotate")


def test_the_first_key_makes_a_file_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    answer = run("key", "--file", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert key_file.read(file)[0].id == answer["key"]
    assert file.read_text().strip() not in json.dumps(answer)
    file.chmod(0o640)
    run("key", "--file", str(file))
    assert (len(key_file.read(file)), file.stat().st_mode & 0o777) == (2, 0o640)


def test_a_file_with_something_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("my notes")
    with pytest.raises(CommandError, match="line 1"):
        run("key", "--file", str(file))
    assert file.read_text() == "my notes"


def test_rotation_without_keys_says_what_to_do(settings) -> None:
    settings.SLUICE_ENCRYPTION_KEYS_FILE = None
    with pytest.raises(CommandError, match="SLUICE_ENCRYPTION_KEYS_FILE"):
        run("rotate")
