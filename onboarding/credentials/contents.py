"""What a recipient finds after decrypting: a zip archive with the access key in the forms in which tools take it.

Files that were encrypted before are tar archives of two files; a key that its owner created without Sluice is
CreateAccessKey's answer as JSON.
"""

import csv
import io
import json
import tarfile
import zipfile
import zlib

from onboarding.credentials.key_files import CSV_NAME, KeyFacts, key_files

_MOST_BYTES = 64 * 1024  # of a file that is read: a client's own message can hold an archive of any size
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_OF_ITS_OWNER = 0o100600 << 16  # a regular file that only its owner can read, as unzip on Unix unpacks it
_UNIX = 3
_UNREADABLE = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, csv.Error),
    *(KeyError, TypeError, ValueError, StopIteration, RuntimeError, EOFError, OSError),  # RuntimeError: a password
)


def archive_name(*, stream_name: str, access_key_id: str, fingerprint: str) -> str:
    """Return the name of a recipient's archive: no other copy of this stream's keys has the same.

    It says what it is to programs that go by the end of a name, and is the name that decrypting restores.
    """
    return f"{stream_name}-key-{access_key_id[-4:].lower()}-{fingerprint[-8:].lower()}.zip"


def bundle(key: KeyFacts) -> bytes:
    """Return the files of a key as one zip archive, which every desktop opens by a double click.

    Equal arguments give equal bytes; on Unix the files unpack readable by their owner alone.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name, content in key_files(key).items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system, entry.external_attr = _UNIX, _OF_ITS_OWNER
            packed.writestr(entry, content)
    return archive.getvalue()


def read_bundle(archive: bytes) -> dict[str, bytes]:
    """Return the files of a bundle by name, of a zip or of an earlier tar. Raises tarfile.TarError for neither."""
    if archive[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            return {name: _limited(packed, name) for name in packed.namelist()}
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
        return {member.name: _content(tar, member) for member in tar if member.isfile()}


def read_key(content: bytes) -> tuple[str, str]:
    """Return the access key ID and the secret access key of any form. Raises ValueError for anything else.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
    """
    try:
        if content.lstrip()[:1] == b"{":
            key = json.loads(content)["AccessKey"]
            return str(key["AccessKeyId"]), str(key["SecretAccessKey"])
        row = next(csv.DictReader(io.StringIO(_csv_of(content).decode(), newline="")))
        key_id, secret = row["Access key ID"], row["Secret access key"]
    except _UNREADABLE:
        key_id = secret = None
    if not key_id or not secret:
        # Without the cause: it could quote what was inside.
        raise ValueError("This is neither a bundle of Sluice's nor an answer of CreateAccessKey.") from None
    return key_id, secret


def _csv_of(archive: bytes) -> bytes:
    if archive[:2] != b"PK":
        return read_bundle(archive)[CSV_NAME]
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        return _limited(packed, CSV_NAME)


def _limited(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError(name)
    return content


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    opened = tar.extractfile(member)
    return opened.read() if opened else b""
