import base64
import quopri

import pytest

from portal.openpgp.text_forms import base64_bytes, folded, inner_bytes, is_text, printable, readings, text_of

TEXT = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEawtWIBYJ+/=\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
    ],
    ids=["utf-8", "utf-8-mark", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "crlf", "cr"],
)
def test_text_is_read_in_every_encoding(data: bytes) -> None:
    assert text_of(data).removeprefix("\ufeff") == TEXT
    assert is_text(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", True),
        (b"words", True),
        ("\u2013\u2013BEGIN".encode(), True),
        ("\xc9lodie -----BEGIN PGP PUBLIC KEY BLOCK-----".encode("latin-1"), True),
        (b"\x98\x33\x04", False),
        (b"\xc6\x33\x04", False),
        (bytes(range(128, 256)), False),
    ],
)
def test_packets_are_told_from_text(data: bytes, expected: bool) -> None:
    assert is_text(data) is expected


def test_dashes_and_spaces_become_one_kind_and_what_is_invisible_goes() -> None:
    assert folded("\u2013\u2014\u2212BEGIN\u00a0PGP\u202fKEY\u200b\u00ad") == "---BEGIN PGP KEY"


@pytest.mark.parametrize(
    "changed",
    [
        TEXT.replace("\n", "\\n"),
        TEXT.replace("\n", "\\r\\n"),
        TEXT.replace("+", "&#43;").replace("=", "&#x3D;"),
        quopri.encodestring(TEXT.encode()).decode(),
        TEXT.replace("\n", "%0A").replace("+", "%2B"),
        TEXT.replace("-", "\\-").replace("+", "\\+"),
    ],
    ids=["json", "json-crlf", "html", "quoted-printable", "percent", "markdown"],
)
def test_what_programs_escaped_is_undone(changed: str) -> None:
    assert TEXT.rstrip() in [reading.rstrip() for reading in readings(changed)]


def test_text_without_escapes_has_one_reading() -> None:
    assert list(readings("plain words")) == ["plain words"]


@pytest.mark.parametrize(
    "encoded",
    [
        base64.b64encode(TEXT.encode()).decode(),
        base64.b64encode(TEXT.encode()).decode().rstrip("="),
        base64.encodebytes(TEXT.encode()).decode(),
        TEXT.encode().hex(),
        TEXT.encode().hex(" ").upper(),
        "0x" + TEXT.encode().hex(),
    ],
)
def test_a_text_that_is_all_digits_is_decoded(encoded: str) -> None:
    assert inner_bytes(encoded) == TEXT.encode()


@pytest.mark.parametrize(
    "text", ["", "AAAA", "our key is on the intranet, of all places it could be", TEXT, "ab" * 16 + "=" * 90]
)
def test_other_text_is_not_decoded(text: str) -> None:
    assert inner_bytes(text) is None


def test_base64_is_decoded_without_quote_marks_and_checksum() -> None:
    digits = base64.b64encode(TEXT.encode()).decode()
    assert base64_bytes(f"> {digits[:20]}\n> {digits[20:]}\n> =AbCd\n") == TEXT.encode()
    assert base64_bytes(digits.rstrip("=")[:-3]) == TEXT.encode()[: len(digits.rstrip("=")[:-3]) * 3 // 4]
    assert base64_bytes("") == b""


def test_a_name_cannot_change_the_direction_of_the_text() -> None:
    assert printable("Ada\u202egro") == "Ada\ufffdgro"
