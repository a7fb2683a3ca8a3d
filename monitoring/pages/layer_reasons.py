"""Why the bytes of a layer were read as they were: how each encoding is recognized, as docs/encodings.md lists them.

By the name of the encoding in lower case.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

REASONS: "dict[str, _StrOrPromise]" = {
    "json": _("valid JSON"),
    "json string": _("a JSON string with another encoding in it"),
    "cloudwatch logs": _("messageType is DATA_MESSAGE"),
    "ndjson": _("an object or array in each line"),
    "concatenated json": _("objects or arrays that follow each other"),
    "gzip": _("begins with 1F 8B"),
    "kpl aggregate": _("begins with F3 89 9A C2, and its MD5 digest is right"),
    "zstd": _("begins with a frame of zstd"),
    "lz4": _("a frame of LZ4, or a block behind its length"),
    "snappy": _("a frame or block of Snappy"),
    "bzip2": _("begins with BZh"),
    "xz": _("begins with FD 37 7A 58 5A 00"),
    "avro single object": _("begins with C3 01"),
    "json text sequence": _("a record separator before each value"),
    "zlib": _("begins with a header of zlib"),
    "avro file": _("begins with Obj and 01"),
    "avro": _("read with its schema"),
    "glue schema registry": _("begins with 03, a compression and a UUID"),
    "utf-16": _("a byte order mark, or ASCII characters of two bytes each"),
    "utf-32": _("a byte order mark"),
    "hex digits": _("hexadecimal digits with something readable in them"),
    "base64": _("base64 with something readable in it"),
    "text": _("UTF-8, of which at most a quarter are control characters"),
    "deflate": _("inflates to something readable"),
    "cbor": _("one value of CBOR that uses all the bytes"),
    "messagepack": _("one value of MessagePack that uses all the bytes"),
    "cbor sequence": _("objects of CBOR that follow each other"),
    "messagepack sequence": _("maps of MessagePack that follow each other"),
    "confluent schema registry": _("begins with 00 and an ID in four bytes"),
    "protobuf": _("all bytes are fields of protobuf"),
    "protobuf messages": _("messages of protobuf that each follow their length"),
    "latin-1": _("three quarters are printable ASCII, and there are no control characters"),
    "windows-1252": _("three quarters are printable ASCII, with characters of Windows-1252"),
    "hex": _("no decoder could read it"),
    "refused": _("it exceeds a limit"),
    "empty": _("it has no bytes"),
}
NAMED = _("begins as this format does; it is not opened")


def reason_of(name: str) -> "_StrOrPromise":
    """Return how a layer was recognized, by the name that the path has for it."""
    return REASONS.get(name.lower(), NAMED)
