"""Records that cost much more than their size, and the rows of records decoded in this process."""

import gzip
from collections.abc import Collection

import cbor2

from monitoring.records import record_row
from monitoring.records.field_paths import version_of
from monitoring.records.record_contents import contents_of
from monitoring.records.record_row import RecordRow
from portal.aws.records import DataRecord

_MODULUS = (1 << 61) - 1  # of Python's hash of an integer: its multiples have the same hash


def rows_of(record: DataRecord, allowed: Collection[str] = ()) -> list[RecordRow]:
    """The rows of a record, decoded in this process."""
    contents = contents_of(record.data, record.partition_key, allowed)
    return record_row.rows_of(record, contents, version_of(allowed))


def colliding_keys(count: int = 40_000) -> bytes:
    """A CBOR map whose keys all have the same hash: reading it takes time that grows with the square of its size."""
    keys = (cbor2.dumps(number * _MODULUS) for number in range(count))
    return b"\xb9" + count.to_bytes(2, "big") + b"".join(key + b"\x00" for key in keys)


NEVER_RETURNS = colliding_keys()
LONG_NUMBER = cbor2.dumps({"a": 2**20_000})
MANY_VALUES = gzip.compress(b"\x81\xa1a\xdd" + (500_000).to_bytes(4, "big") + b"\x01" * 500_000, mtime=0)
