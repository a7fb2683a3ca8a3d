"""Blocks in pasted text: damage that is certain to be repaired, and damage that is not."""

import base64
import json
import quopri
from html import escape

import pysequoia
import pytest

from portal.openpgp.armor import ArmorError, Block
from portal.openpgp.pasted_text import WrongChecksum, blocks_in

DATA = bytes(range(256)) + b"end"
ARMOR = pysequoia.armor(DATA, pysequoia.ArmorKind.PublicKey)
KIND = "PUBLIC KEY BLOCK"
BEGIN, END = f"-----BEGIN PGP {KIND}-----", f"-----END PGP {KIND}-----"
LINES = ARMOR.strip().split("\n")
BODY, CHECKSUM = [line for line in LINES[1:-2] if line], LINES[-2]


def join(*, header: str = "", between: str = "\n", checksum: str = CHECKSUM, end: str = END) -> str:
    return f"{BEGIN}\n{header}\n{between.join(BODY)}\n{checksum}\n{end}\n"


REPAIRED = {
    "as-it-is": ARMOR,
    "carriage-returns": ARMOR.replace("\n", "\r\n"),
    "indented": "\n".join(f"    {line}" for line in LINES),
    "quoted": "\n".join(f"> {line}" for line in LINES),
    "quoted-twice": "\n".join(f"> > {line}" for line in LINES),
    "quoted-with-initials": "\n".join(f"AN> {line}" for line in LINES),
    "in-a-table": "\n".join(f"| {line} |" for line in LINES),
    "in-a-list": "\n".join(f"  * {line}" for line in LINES),
    "in-quotes": f'"{ARMOR.strip()}"',
    "text-around": f"Dear all,\nour key:\n{ARMOR}\nRegards -- Ada - Northwind",
    "on-one-line": " ".join(LINES),
    "body-on-one-line": join(between=""),
    "double-spaced": "\n\n".join(LINES),
    "no-blank-line": ARMOR.replace("\n\n", "\n", 1),
    "no-checksum": join(checksum=""),
    "no-padding": ARMOR.replace("=\n=", "\n="),
    "one-dash": ARMOR.replace("-----", "-"),
    "em-dashes": ARMOR.replace("-----", "\u2014\u2014-"),
    "no-break-spaces": ARMOR.replace(" ", "\u00a0"),
    "soft-hyphens": ARMOR.replace("BLOCK", "BLO\u00adCK"),
    "zero-width-spaces": "\u200b".join(ARMOR),
    "header": join(header="Version: GnuPG v2\nComment: https://northwind.example/?a=b\n"),
    "header-without-text": join(header="Comment:\n"),
    "header-wrapped": join(header="Comment: a long comment that\nwas wrapped by the mail program\n"),
    "header-and-body-on-one-line": " ".join([BEGIN, "Comment: our key", *BODY, CHECKSUM, END]),
    "end-line-lost": ARMOR.replace(END, ""),
    "pasted-twice": f"{ARMOR}\n{ARMOR}",
    "html": escape(ARMOR).replace("+", "&#43;").replace("=", "&#x3d;"),
    "json": json.dumps({"key": ARMOR}),
    "quoted-printable": quopri.encodestring(ARMOR.encode()).decode(),
    "percent": ARMOR.replace("\n", "%0A").replace("+", "%2B").replace("=", "%3D"),
    "markdown": ARMOR.replace("-----", "\\-\\-\\-\\-\\-"),
    "base64": base64.b64encode(ARMOR.encode()).decode(),
    "base64-in-lines": base64.encodebytes(ARMOR.encode()).decode(),
    "hexadecimal": ARMOR.encode().hex(),
}


@pytest.mark.parametrize("name", REPAIRED)
def test_it_is_read(name: str) -> None:
    assert blocks_in(REPAIRED[name]) == [Block(KIND, DATA)]


@pytest.mark.parametrize("name", [name for name, text in REPAIRED.items() if CHECKSUM in text])
def test_a_checksum_that_is_wrong_refuses_whatever_else_is_repaired(name: str) -> None:
    with pytest.raises(WrongChecksum):
        blocks_in(REPAIRED[name].replace(CHECKSUM, "=AAAA"))


@pytest.mark.parametrize(
    "text",
    [
        ARMOR.replace(BODY[1], BODY[1][:-3] + "*?!"),
        ARMOR.replace("\n\n", "\n\n\u00e9", 1),
        f"{BEGIN}\n\n{BODY[0]}",
        f"{BEGIN}\n\nA\n{END}",
    ],
    ids=["not-base64", "an-accent", "cut", "one-digit"],
)
def test_what_is_not_certain_is_not_repaired(text: str) -> None:
    with pytest.raises(ArmorError) as refused:
        blocks_in(text)
    assert not isinstance(refused.value, WrongChecksum)


@pytest.mark.parametrize(
    "text", ["", "no block here", "-----BEGIN PGP SIGNED MESSAGE-----\n\nwords\n", "-----END PGP MESSAGE-----"]
)
def test_without_a_block_there_is_none(text: str) -> None:
    assert blocks_in(text) == []


def test_blocks_of_other_kinds_are_found_in_their_order() -> None:
    message = pysequoia.armor(DATA, pysequoia.ArmorKind.Message)
    assert [block.kind for block in blocks_in(f"{message}{ARMOR}{message}")] == ["MESSAGE", KIND]
