"""What GnuPG lists becomes a certificate: which key it would encrypt to, and names that cannot deceive."""

from datetime import UTC, datetime
from typing import Any

import pytest

from portal.openpgp.listed_certificates import ListedCertificate, ListedKey, certificate_of

PRIMARY_ID = "F" * 16


def key(key_id: str, *, validity: str = "u", capabilities: str = "e", created: int = 1) -> ListedKey:
    return ListedKey(key_id, validity, capabilities, created, None)


def chosen(*subkeys: ListedKey, primary: str = "sc", validity: str = "u") -> str | None:
    of_primary = key(PRIMARY_ID, capabilities=primary, validity=validity)
    found = ListedCertificate("F" * 40, of_primary, subkeys, ("Ada",)).encryption_key
    return found.key_id if found else None


def test_the_newest_usable_subkey_is_used() -> None:
    older, newer = key("1" * 16, created=10), key("2" * 16, created=20)
    assert chosen(older, newer) == chosen(newer, older) == newer.key_id


@pytest.mark.parametrize("validity", ["r", "e", "i", "d", "n"])
def test_an_unusable_subkey_gives_way_to_an_older_one(validity: str) -> None:
    older, newer = key("1" * 16, created=10), key("2" * 16, created=20, validity=validity)
    assert chosen(older, newer) == older.key_id
    assert chosen(newer) is None


def test_a_subkey_that_signs_is_never_encrypted_to() -> None:
    assert chosen(key("1" * 16, capabilities="s"), key("2" * 16, capabilities="a")) is None


def test_the_primary_key_serves_where_it_may_encrypt_itself_only() -> None:
    assert chosen(primary="esc") == PRIMARY_ID
    # Capitals speak of the whole certificate, not of the primary key.
    assert chosen(primary="scESC") is None
    assert chosen(primary="esc", validity="e") is None


def row(**fields: Any) -> dict[str, Any]:
    return {
        "fingerprint": "F" * 40, "keyid": PRIMARY_ID, "trust": "u", "cap": "scESC", "date": "100", "expires": "",
        "uids": [], "subkey_info": {}, **fields,
    }  # fmt: skip


def test_a_row_of_gnupg_is_read_with_its_times() -> None:
    subkey = {"keyid": "1" * 16, "trust": "e", "cap": "e", "date": "", "expires": "86400"}
    found = certificate_of(row(subkey_info={"1" * 16: subkey}), {})
    assert (found.primary.created, found.primary.expires_at) == (100, None)
    [listed] = found.subkeys
    assert (listed.created, listed.expires_at) == (0, datetime(1970, 1, 2, tzinfo=UTC))
    assert (listed.can_encrypt, listed.is_usable) == (True, False)


@pytest.mark.parametrize(("trust", "is_shown"), [("u", True), ("", True), ("r", False), ("i", False), ("n", False)])
def test_a_name_that_is_not_bound_is_not_shown(trust: str, is_shown: bool) -> None:
    assert certificate_of(row(uids=["Ada"]), {"Ada": {"trust": trust}}).user_ids == (("Ada",) if is_shown else ())


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Zoë".encode().decode("latin-1"), "Zoë"),
        ("Zo\xeb", "Zo\ufffd"),
        ("Ada\u202eadA".encode().decode("latin-1"), "Ada\ufffdadA"),
        ("Ada\nEve", "Ada\ufffdEve"),
        ("Ada\x1b[31m", "Ada\ufffd[31m"),
        ("李雷".encode().decode("latin-1"), "李雷"),
    ],
    ids=["utf-8", "latin-1", "right-to-left", "two-lines", "terminal-colours", "chinese"],
)
def test_a_name_is_shown_as_utf_8_and_cannot_deceive(written: str, shown: str) -> None:
    assert certificate_of(row(uids=[written]), {}).user_ids == (shown,)
