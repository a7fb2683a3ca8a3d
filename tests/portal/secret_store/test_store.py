"""What is encrypted reads back for its owner only, with any key of the file."""

import pytest

from portal.secret_store import key_file, store
from tests.portal.secret_store.keys import add_key, keys

__all__ = ["keys"]


def test_a_secret_reads_back_and_is_not_in_what_is_stored(keys) -> None:
    stored = store.encrypt("swordfish", owner="a:1")
    assert store.decrypt(stored, owner="a:1") == "swordfish"
    assert "swordfish" not in stored
    assert store.encrypt("swordfish", owner="a:1") != stored


def test_the_ciphertext_of_another_row_does_not_decrypt(keys) -> None:
    stored = store.encrypt("swordfish", owner="a:1")
    with pytest.raises(store.SecretUnreadable, match="another row"):
        store.decrypt(stored, owner="a:2")


def test_a_changed_ciphertext_does_not_decrypt(keys) -> None:
    head, _, body = store.encrypt("swordfish", owner="a:1").rpartition(".")
    for changed in (body[:-8] + "AAAAAAA=", body[:20], "", "%%%", "é"):
        with pytest.raises(store.SecretUnreadable):
            store.decrypt(f"{head}.{changed}", owner="a:1")
    with pytest.raises(store.SecretUnreadable):
        store.decrypt("swordfish", owner="a:1")


def test_a_new_key_encrypts_at_once_and_the_old_one_decrypts_until_it_is_removed(keys) -> None:
    old = store.encrypt("swordfish", owner="a:1")
    first = store.newest_key_id()
    add_key(keys)
    assert store.newest_key_id() != first
    assert store.known_key_ids()[1] == first
    assert store.decrypt(old, owner="a:1") == "swordfish"
    keys.write_text(keys.read_text().splitlines()[0])
    with pytest.raises(store.SecretUnreadable, match=key_file.VARIABLE):
        store.decrypt(old, owner="a:1")


def test_without_a_file_nothing_is_encrypted(settings) -> None:
    settings.SLUICE_ENCRYPTION_KEYS_FILE = None
    assert not store.is_on()
    with pytest.raises(store.SecretStoreOff):
        store.encrypt("swordfish", owner="a:1")


def test_a_file_that_was_removed_counts_as_off(keys) -> None:
    keys.unlink()
    with pytest.raises(store.SecretStoreOff):
        store.newest_key_id()
