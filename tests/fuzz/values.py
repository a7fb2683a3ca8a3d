"""What no person types and what anyone can send: values for every parameter and field, and more from a seed."""

import random

LONG_NUMBER = "9" * 5000
NUL = "a\x00b"

VALUES = {
    "empty": "",
    "spaces": "   ",
    "NUL": NUL,
    "control characters": "\x01\x08\x0b\x1b[31m\x7f",
    "line ends": "a\r\nb\n\rc\u2028d\u0085e",
    "5,000 digits": LONG_NUMBER,
    "4,000 digits": "9" * 4000,
    "beyond 64 bits": str(2**63),
    "beyond 32 bits": str(2**31),
    "negative": "-1",
    "zero": "0",
    "superscript": "²",
    "Arabic digits": "١٢",
    "underscored": "1_000",
    "infinite": "inf",
    "not a number": "nan",
    "huge float": "1e999",
    "float": "1.5",
    "surrogate": "\ud800",
    "beyond the BMP": "😀" * 50,
    "right to left": "\u202eabc",
    "combining": "e" + "\u0301" * 300,
    "markup": "<script>alert(1)</script>'\"&",
    "template": "{{ x }}{% y %}%s%(z)s{0}",
    "path": "../../etc/passwd",
    "LIKE": "%_\\",
    "brackets": "[" * 5000,
    "open expressions": "!{" * 500,
    "expressions": "!{timestamp:yyyy}" * 60 + "!{",
    "an expression of quotes": "!{timestamp:'''}",
    "an ARN": "arn:aws:iam::111122223333:role/SluiceAccess",
    "an ARN of colons": "arn:::::::::",
    "a date": "2026-99-99T99:99:99Z",
    "a key": "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n====\n-----END PGP PUBLIC KEY BLOCK-----",
    "pairs": "a:b\n:\n:c\nd:",
    "tags": "a = b\n= c\n" * 30,
    "tables": "a.b: c | d\n.\n|\n:",
    "long": "x" * 20_000,
    "on": "on",
    "URL": "https://user:pass@[::1]:99999/?q#f",
    "bad IPv6": "https://[::1",
    "a colon": "remove:1",
    "kind": "kind:http",
    "keep": "keep",
    "next": "next",
    "add": "add:s3",
}
_ALPHABET = "abc019 .,:;=|/\\!{}[]()<>'\"%_-+*?#@~^`&$€²١\t\n\r\x00\x7f\u0301\u202e😀\ud800"


def random_value(draw: random.Random) -> str:
    """Return a text of up to 200 characters that break something somewhere."""
    return "".join(draw.choice(_ALPHABET) for _ in range(draw.randrange(200)))
