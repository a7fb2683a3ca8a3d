"""The process that decodes and masks records: `python -m monitoring.records.decoder_process`, a socket as its input.

A record that needs too much time or memory ends this process, and nothing else; `bounded_decoder` starts another one.
It has no secrets in its environment, no network, and imports neither Django nor boto3.

A batch is a line of JSON and then the bytes of its records. The answer is an empty line when the batch was received, a
line for each record as soon as it is decoded, and another empty line at the end. It ends early when the batch has
taken a time slice, so that the records of another tenant can be next.
"""

import json
import logging
import resource
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from io import BufferedIOBase
from pathlib import Path
from typing import Any

from monitoring.records.record_contents import contents_of
from monitoring.records.record_views import RecordContents

CPU_SECONDS = 1.0
_CPU_SECONDS_A_MIB = 0.1
_FILTER_SECONDS = 0.1
SLICE_SECONDS = 0.2
MEMORY_BYTES = 384 * 1024 * 1024
_LAST_RESORT_SECONDS = 10.0
_FIRST_TO_END = "1000"  # when memory is short, the kernel ends a decoder and not its tap
_FRAMES = 5_000  # JSON may be nested 1,000 levels deep
_ALL = 2**31


def main() -> None:
    """Answer batches until the other end closes the socket."""
    limit()
    logging.disable(logging.CRITICAL)  # the input is someone else's and must not reach any log
    with socket.socket(fileno=sys.stdin.fileno()) as channel, channel.makefile("rwb") as stream:
        while header := stream.readline():
            batch = json.loads(header)
            records = [(stream.read(size), key) for size, key in batch["records"]]
            answer(stream, records, batch)


def cpu_seconds(size: int) -> float:
    """Return the processor time after which a record of `size` bytes ends its process."""
    return round(CPU_SECONDS + _CPU_SECONDS_A_MIB * size / 1024 / 1024, 1)


def limit() -> None:
    """Limit this process to 384 MiB of memory, without files and core files."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_END, encoding="ascii")
    sys.setrecursionlimit(_FRAMES)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":  # elsewhere this limit is ignored, or counts reserved memory too
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def answer(stream: BufferedIOBase, records: list[tuple[bytes, str]], options: Mapping[str, Any]) -> None:
    """Write the contents of each record in turn, until all are written or the time slice is over.

    Of each record at most as many contents are written as `most` says; the others are counted. Of what a filter finds
    at most `most_found` are written of a batch. The other options are those of `contents_of`.
    """
    _write(stream, b"\n")
    until = time.monotonic() + SLICE_SECONDS
    for line in _lines(records, options):
        _write(stream, line)
        if time.monotonic() > until:
            break
    _write(stream, b"\n")


def _lines(records: list[tuple[bytes, str]], options: Mapping[str, Any]) -> Iterator[bytes]:
    allowed, schemas = options.get("allowed", ()), options.get("schemas", {})
    wanted, filters = options.get("wanted", ""), options.get("filters") or ()
    left = list(options.get("most_found") or [_ALL] * len(filters))
    most = options.get("most") or [_ALL] * len(records)
    ranges = options.get("hash_keys") or [None] * len(records)
    observed, kind_field = frozenset(options.get("observed", ())), options.get("kind_field", ())
    for place, ((data, partition_key), listed, hash_keys) in enumerate(zip(records, most, ranges, strict=True)):
        # The default action of both signals ends the process, whatever the decoder is doing at that moment.
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds(len(data)) + _FILTER_SECONDS * len(filters))
        signal.setitimer(signal.ITIMER_REAL, _LAST_RESORT_SECONDS)
        observed_by = kind_field if place in observed else None
        contents = contents_of(
            data, partition_key, allowed, schemas, hash_keys, wanted, observed_by=observed_by, filters=filters
        )
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if filters:
            contents = _with_few_found(contents, left)
        yield contents.limited(listed).to_json() + b"\n"


def _with_few_found(contents: RecordContents, left: list[int]) -> RecordContents:
    """Return the contents with as many listed of each filter as are left of the batch."""
    found = tuple(each._replace(listed=each.listed[: left[place]]) for place, each in enumerate(contents.found))
    for place, each in enumerate(found):
        left[place] -= len(each.listed)
    return replace(contents, found=found)


def _write(stream: BufferedIOBase, line: bytes) -> None:
    stream.write(line)
    stream.flush()


if __name__ == "__main__":
    main()
