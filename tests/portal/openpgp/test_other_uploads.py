import pytest

from portal.messages.catalogue import todo_of
from portal.openpgp.other_uploads import is_keybox, other_upload

FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"
SPACED = "0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567"


@pytest.mark.parametrize(
    ("text", "code", "advice"),
    [
        (FINGERPRINT, "fingerprint_only", FINGERPRINT),
        (FINGERPRINT.lower(), "fingerprint_only", FINGERPRINT),
        (f"  {SPACED}\n", "fingerprint_only", FINGERPRINT),
        (f"openpgp4fpr:{FINGERPRINT}", "fingerprint_only", FINGERPRINT),
        (f"pub   rsa3072 2024-01-01 [SC]\n      {FINGERPRINT}\nuid  Ada", "fingerprint_only", FINGERPRINT),
        ("0x89ABCDEF01234567", "fingerprint_only", "89ABCDEF01234567"),
        ("01234567", "fingerprint_only", "01234567"),
        ("ada@northwind.example", "email_only", "ada@northwind.example"),
        ("<ada@northwind.example>", "email_only", "ada@northwind.example"),
        ("https://keys.northwind.example/ada.asc", "url_only", "Open the address"),
        ("our key is on the intranet", "unreadable", "gpg --armor --export"),
        (f"{FINGERPRINT}0", "unreadable", "gpg --armor --export"),
        (FINGERPRINT + " words" * 200, "unreadable", "gpg --armor --export"),
    ],
)
def test_a_name_for_a_key_is_not_the_key(text: str, code: str, advice: str) -> None:
    message = other_upload(text, [])
    assert message.code == f"openpgp.{code}"
    assert advice in todo_of(message)


@pytest.mark.parametrize(
    ("kinds", "found"),
    [(["MESSAGE"], "found_message"), (["SIGNATURE"], "found_signature"), (["ARMORED FILE"], "found_other")],
)
def test_another_block_is_named(kinds: list[str], found: str) -> None:
    assert other_upload("any", kinds).params["found"].code == f"openpgp.{found}"


def test_gnupgs_file_of_all_keys_is_known() -> None:
    assert is_keybox(b"\x00\x00\x00\x20\x01\x01\x00\x02KBXf" + bytes(20))
    assert not is_keybox(b"KBXf")
