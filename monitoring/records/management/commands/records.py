"""manage.py records decode: what the page of a stream would show of the bytes in a file.

It reaches no server: manage.py starts it with portal/offline_settings.py.
"""

import os
import re
import stat
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitoring.decode.budget import MAX_RECORD_BYTES
from monitoring.decode.characters import printable
from monitoring.filters.grammar import parse
from monitoring.filters.tokens import FilterRefused
from monitoring.records.bounded_decoder import BoundedDecoder, DecoderUnavailable
from monitoring.records.record_contents import refused_contents
from monitoring.records.record_views import RecordContent, RecordContents, RecordView, details_from_json
from portal.command_line import CommandWithSubcommands, failed
from portal.messages.catalogue import described, text_of
from portal.messages.message import Message

_AUDIENCES = ("member", "staff")
_STDIN = "-"
_SCHEMA_ID = re.compile(r"(?i)glue:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|confluent:[1-9]\d{0,7}|avro:[0-9a-f]{16}")
_MOST_SCHEMA_CHARACTERS = 1_000_000


class Command(CommandWithSubcommands):
    """Decode files as the tap decodes records, within the same limits."""

    description = gettext_lazy("Decode records from files, as the page of a stream shows them. No server is needed.")
    subcommands = {
        "decode": gettext_lazy(
            "Decode each file as one data record. The exit status is 0, with a verdict for each file."
        ),
    }
    requires_system_checks = []

    def add_decode(self, parser: ArgumentParser) -> None:
        """Add the files, for whom they are shown, and a partition key."""
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help=_("A file with one data record, or - for standard input.")
        )
        parser.add_argument(
            "--as",
            choices=_AUDIENCES,
            default="member",
            dest="audience",
            help=_("The reader: staff of the vendor see masked values (member)."),
        )
        parser.add_argument("--partition-key", default="", metavar="KEY", help=_("The record’s partition key."))
        parser.add_argument(
            "--filter",
            default="",
            dest="wanted",
            metavar="FILTER",
            help=_("A filter; only what it finds is listed: 'reading.celsius > 30'. docs/filters.md has its grammar."),
        )

        parser.add_argument(
            "--schema",
            action="append",
            default=[],
            dest="schemas",
            metavar="ID=FILE",
            help=_("A file with the Avro schema of an ID that a registry gave: confluent:42=reading.avsc."),
        )

    def do_decode(self, options: dict[str, Any]) -> dict[str, Any]:
        """Decode every file; raises CommandFailed for a text that is no filter, and for a schema that is none."""
        _check(options["wanted"])
        options = {**options, "schemas": dict(map(_schema, options["schemas"]))}
        decoder = BoundedDecoder()
        try:
            return {"files": [_verdict(decoder, name, options) for name in options["files"]]}
        finally:
            decoder.close()

    def say_decode(self, answer: dict[str, Any]) -> str:
        """Print a line for each file, and one for each record in it."""
        lines: list[str] = []
        for entry in answer["files"]:
            reason = f": {entry['reason']['text']}" if entry["reason"] else ""
            lines.append(f"{entry['file']}: {entry['verdict']}{reason}")
            for row in entry["records"]:
                lines.append(f"  {row['decoded_as']}: {_shown(row)}")
                lines += [f"    {detail['text']}" for detail in row["details"]]
            lines += [_omitted(entry["omitted"])] if entry["omitted"] else []
        return printable("\n".join(lines))


def _verdict(decoder: BoundedDecoder, name: str, options: dict[str, Any]) -> dict[str, Any]:
    try:
        data, size = _content(name)
    except (OSError, ValueError) as error:
        reason = Message("decode.unreadable_file", detail=str(getattr(error, "strerror", "") or error))
        return _entry(name, 0, "unreadable", reason, RecordContents(()), options)
    record = data, printable(options["partition_key"])
    try:
        (contents,) = decoder.decode([record], schemas=options["schemas"], wanted=options["wanted"])
    except DecoderUnavailable:
        contents = refused_contents(*record, Message("decode.unavailable"))
    if not contents.listed:
        return _entry(name, size, "not found", None, contents, options)
    first = contents.listed[0]
    all_refused = all(content.refusal for content in contents.listed)
    verdict = "refused" if all_refused else "hex" if first.decoder_path.endswith("hex") else "decoded"
    return _entry(name, size, verdict, first.refusal if all_refused else None, contents, options)


def _check(wanted: str) -> None:
    try:
        parse(wanted)
    except FilterRefused as refused:
        raise failed(Message("filter.mistake", number=refused.at + 1, problem=refused.message)) from refused


def _schema(given: str) -> tuple[str, str]:
    name, _sign, file = given.partition("=")
    if not _SCHEMA_ID.fullmatch(name) or not file:
        raise failed(Message("decode.not_a_schema_id", schema=name[:80]))
    try:
        with Path(file).open(encoding="utf-8") as schema:
            return name.lower(), schema.read(_MOST_SCHEMA_CHARACTERS)
    except (OSError, ValueError) as error:
        raise failed(Message("decode.unreadable_schema", file=file, detail=type(error).__name__)) from error


def _content(name: str) -> tuple[bytes, int]:
    # Not more than decides the verdict, whatever the size; and no waiting for the other end of a named pipe.
    descriptor = 0 if name == _STDIN else os.open(Path(name), os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb", closefd=name != _STDIN) as file:
        data = file.read(MAX_RECORD_BYTES + 1) or b""
        status = os.fstat(descriptor)
        return data, status.st_size if stat.S_ISREG(status.st_mode) else len(data)


def _entry(
    name: str, size: int, verdict: str, reason: Message | None, contents: RecordContents, options: dict[str, Any]
) -> dict[str, Any]:
    is_staff = options["audience"] == "staff"
    return {
        "file": name,
        "bytes": size,
        "as": options["audience"],
        "verdict": verdict,
        "reason": described(reason),
        "records": [_row(content, content.masked if is_staff else content.clear) for content in contents.listed],
        "omitted": contents.omitted,
    }


def _row(content: RecordContent, view: RecordView) -> dict[str, Any]:
    return {
        "decoded_as": content.decoder_path,
        "partition_key": view.partition_key,
        "text": view.text,
        "bytes": content.size,
        "details": [described(message) for message in details_from_json(view.details)],
        "is_masked": view.is_masked,
        "is_withheld": view.is_withheld,
        "refusal": described(content.refusal),
        "failed_decoders": [
            {"decoder": name, "code": reason.code, "text": text_of(reason)} for name, reason in content.failed_decoders
        ],
    }


def _omitted(number: int) -> str:
    text = ngettext(
        "%(count)s more record inside is not listed", "%(count)s more records inside are not listed", number
    )
    return "  " + text % {"count": f"{number:,}"}


def _shown(row: dict[str, Any]) -> str:
    if row["refusal"]:
        return _("refused: %(reason)s") % {"reason": row["refusal"]["text"]}
    return _("not shown: its values cannot be masked") if row["is_withheld"] else str(row["text"])
