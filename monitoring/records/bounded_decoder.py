"""Decodes records in a child process that can be ended: no bytes can stop, crash or exhaust the caller."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from monitoring.records.decoder_process import cpu_seconds
from monitoring.records.record_contents import NO_SCHEMAS, HashKeys, refused_contents
from monitoring.records.record_views import RecordContents, contents_from_json
from portal.child_environment import child_environment
from portal.messages.message import Message

WALL_SECONDS = 4.0
_START_SECONDS = 20.0
_KILL_SECONDS = 5.0

Record = tuple[bytes, str]  # its data and its partition key


class DecoderUnavailable(Exception):
    """No decoder process could be started. No record is the cause."""


class BoundedDecoder:
    """One child process. A record that it cannot decode within the limits ends it, and the next call starts another.

    For one thread at a time; only `close` may be called by another. `ended` counts the records that ended a process.
    """

    def __init__(self, command: Sequence[str] = (sys.executable, "-m", "monitoring.records.decoder_process")) -> None:
        self._command = list(command)
        self._child: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self.ended = 0

    def decode(
        self,
        records: Sequence[Record],
        allowed: Collection[str] = (),
        most: Sequence[int] | None = None,
        schemas: Mapping[str, str] = NO_SCHEMAS,
        hash_keys: Sequence[HashKeys | None] = (),
        *,
        wanted: str = "",
        observed: Sequence[int] = (),
        kind_field: Sequence[str] = (),
        filters: Sequence[str] = (),
        most_found: Sequence[int] = (),
    ) -> list[RecordContents]:
        """Return the contents of the first records: at least one, the others when the time slice was over.

        Of each record at most `most` contents are listed, and the others counted: what no page shows stays where it was
        decoded. `schemas` are those that are known of registries, by their name; `hash_keys` the ranges of the records'
        shards. With `wanted`, a filter, only what it finds is listed, and what is refused. With `filters` it is said
        what each of them finds, with at most `most_found` contents of a batch; of a record that is refused here
        nothing is said. `observed` are the places of the records whose fields are returned too, with the value of
        `kind_field`. A record that used too much time or memory, or crashed its decoder, is refused with the reason.
        Raises DecoderUnavailable.
        """
        if not records:
            return []
        options = {
            "allowed": sorted(allowed),
            "most": most,
            "schemas": dict(schemas),
            "hash_keys": list(hash_keys),
            "wanted": wanted,
            "observed": list(observed),
            "kind_field": list(kind_field),
            "filters": list(filters),
            "most_found": list(most_found),
        }
        lines = self._send(records, options)
        found: list[RecordContents] = []
        try:
            while line := lines.next(WALL_SECONDS):
                found.append(contents_from_json(line))
            if not found:
                raise EOFError
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            size = len(records[min(len(found), len(records) - 1)][0])
            reason = self._end(error, size)
            if len(found) < len(records):
                found.append(refused_contents(*records[len(found)], reason))
        return found

    def decode_all(
        self, records: Sequence[Record], allowed: Collection[str] = (), *, wanted: str = ""
    ) -> list[RecordContents]:
        """Return the contents of every record. Raises DecoderUnavailable."""
        found: list[RecordContents] = []
        while len(found) < len(records):
            found += self.decode(records[len(found) :], allowed, wanted=wanted)
        return found

    def close(self) -> None:
        """End the child process."""
        child, channel, self._child, self._channel = self._child, self._channel, None, None
        if child is not None:
            child.kill()
            with suppress(subprocess.TimeoutExpired):  # the kernel can hold back what was killed
                child.wait(_KILL_SECONDS)
        if channel is not None:
            channel.close()

    def _send(self, records: Sequence[Record], options: dict[str, Any]) -> _Lines:
        header = {**options, "records": [(len(data), key) for data, key in records]}
        request = json.dumps(header).encode() + b"\n" + b"".join(data for data, _ in records)
        for _ in range(2):  # a child that died between two batches has nothing to do with this one
            channel = self._opened()
            try:
                channel.settimeout(_START_SECONDS)
                channel.sendall(request)
                lines = _Lines(channel)
                lines.next(_START_SECONDS)
            except (OSError, EOFError):
                self.close()
            else:
                return lines
        raise DecoderUnavailable

    def _opened(self) -> socket.socket:
        if self._child is not None and self._channel is not None and self._child.poll() is None:
            return self._channel
        self.close()
        ours, theirs = socket.socketpair()
        with theirs:
            self._channel = ours
            try:
                self._child = subprocess.Popen(
                    self._command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=child_environment(),
                    start_new_session=True,  # Ctrl-C in a terminal is for the caller, who then closes this
                )
            except OSError as error:
                self.close()
                raise DecoderUnavailable from error
        return ours

    def _end(self, error: Exception, size: int) -> Message:
        code = None if self._child is None or isinstance(error, TimeoutError) else _exit_code(self._child)
        self.close()
        self.ended += 1
        if code is None:
            return Message("decode.no_answer", limit_seconds=WALL_SECONDS)
        if code == -signal.SIGPROF:
            return Message("decode.stopped", limit_seconds=cpu_seconds(size))
        return Message("decode.crashed", exit_code=code)


class _Lines:
    """The answer, line by line."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._received = bytearray()

    def next(self, seconds: float) -> bytes:
        """Return the next line without its end; raises TimeoutError, OSError or EOFError."""
        self._channel.settimeout(seconds)
        while (end := self._received.find(b"\n")) < 0:
            part = self._channel.recv(256 * 1024)
            if not part:
                raise EOFError
            self._received += part
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return line


def _exit_code(child: subprocess.Popen[bytes]) -> int | None:
    try:
        return child.wait(1)  # its end of the socket closes a moment before it can be waited for
    except subprocess.TimeoutExpired:
        return None
