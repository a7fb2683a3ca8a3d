import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from monitoring.decode.budget import MAX_BYTES, MAX_RECORD_BYTES, MAX_RECORDS
from tests.architecture.tree import ROOT
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import LONG_NUMBER, MANY_VALUES, NEVER_RETURNS

# No test here has the mark that allows the database: the command needs none.


def decoded(*files: Path | str, **options: Any) -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("records", "decode", *map(str, files), "--json", stdout=out, **options)
    found: list[dict[str, Any]] = json.loads(out.getvalue())["files"]
    return found


@pytest.fixture
def file(tmp_path: Path):
    def written(data: bytes, name: str = "record") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return written


def test_a_file_is_decoded_as_the_page_shows_it(file) -> None:
    (entry,) = decoded(file(gzip.compress(b'{"wet": true}')))
    assert (entry["verdict"], entry["reason"], entry["omitted"]) == ("decoded", None, 0)
    assert [(row["decoded_as"], row["text"]) for row in entry["records"]] == [("gzip › JSON", '{"wet": true}')]


def test_a_message_of_a_registry_is_decoded_with_the_schema_of_a_file(file) -> None:
    record = file(b"\x00\x00\x00\x00\x2a\x06wet")
    schema = file(b'{"type": "record", "name": "R", "fields": [{"name": "state", "type": "string"}]}', "r.avsc")
    (without,) = decoded(record)
    (entry,) = decoded(record, schemas=[f"confluent:42={schema}"])
    assert (without["verdict"], entry["verdict"]) == ("hex", "decoded")
    assert entry["records"][0]["text"] == '{"state": "wet"}'


@pytest.mark.parametrize("given", ["42=r.avsc", "confluent:42", "glue:7=r.avsc", "confluent:42=missing.avsc"])
def test_a_schema_that_is_none_is_refused(file, given: str) -> None:
    with pytest.raises(CommandError):
        decoded(file(b"{}"), schemas=[given])


def test_staff_see_what_they_see_on_the_page(file) -> None:
    objects, answer = decoded(file(b'{"wet": true}'), file(b"a name", "other"), audience="staff")
    assert (objects["records"][0]["text"], objects["records"][0]["partition_key"]) == ('{"•••1": "•••"}', "•••")
    assert answer["records"][0]["is_withheld"]
    assert "a name" not in json.dumps(answer)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (LONG_NUMBER, "decode.number_too_long"),
        (MANY_VALUES, "decode.too_many_values"),
        (NEVER_RETURNS, "decode.stopped"),
        (gzip.compress(bytes(2 * MAX_BYTES)), "decode.unpacks_too_far"),
        (b"a" * (MAX_RECORD_BYTES + 1), "decode.record_too_long"),
    ],
)
@pytest.mark.parametrize("audience", ["member", "staff"])
def test_a_poisoned_file_is_refused_with_its_reason(file, data: bytes, code: str, audience: str) -> None:
    (entry,) = decoded(file(data), audience=audience)
    codes = {code, "decode.no_answer"} if code == "decode.stopped" else {code}  # the clock is faster on a busy machine
    assert entry["verdict"] == "refused"
    assert entry["reason"]["code"] in codes
    assert entry["reason"]["text"]
    assert entry["bytes"] == len(data)


def test_each_record_of_an_aggregate_is_listed_and_those_that_are_not_are_counted(file) -> None:
    (entry,) = decoded(file(kpl(*[("bldg-7", b"{}")] * (MAX_RECORDS + 800))))
    assert (len(entry["records"]), entry["omitted"]) == (MAX_RECORDS, 800)
    assert entry["records"][0]["partition_key"] == "bldg-7"


def test_a_file_of_any_size_is_not_read_to_its_end(file) -> None:
    path = file(b"")
    os.truncate(path, 2**40)
    (entry,) = decoded(path)
    assert (entry["verdict"], entry["bytes"]) == ("refused", 2**40)


def test_what_cannot_be_read_has_a_verdict_too(file, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    missing, folder, empty_pipe, good = decoded(tmp_path / "missing", tmp_path, pipe, file(b"{}"))
    assert [entry["verdict"] for entry in (missing, folder, empty_pipe, good)] == [
        "unreadable",
        "unreadable",
        "decoded",
        "decoded",
    ]
    assert missing["reason"]["text"] == "The file cannot be read: No such file or directory."


def test_without_json_there_is_a_line_for_each_file_and_record(file) -> None:
    out = io.StringIO()
    paths = [file(b'{"wet": true}', "good"), file(b"\xff\x00", "hex"), file(LONG_NUMBER, "long")]
    call_command("records", "decode", *map(str, paths), stdout=out)
    lines = [line.replace(str(paths[0].parent) + "/", "") for line in out.getvalue().splitlines()]
    assert lines == [
        "good: decoded",
        '  JSON: {"wet": true}',
        "hex: hex",
        "  hex: ff 00",
        "long: refused: A number has more than 1,000 digits.",
        "  refused: refused: A number has more than 1,000 digits.",
    ]


def test_staff_are_shown_in_words_that_a_record_is_withheld(file) -> None:
    out = io.StringIO()
    call_command("records", "decode", str(file(b"a name")), audience="staff", stdout=out)
    assert out.getvalue().splitlines()[1] == "  text: not shown: its values cannot be masked"


def as_program(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run manage.py as someone does who has Python and this repository, and no setting of the portal."""
    return subprocess.run(
        [sys.executable, "manage.py", "records", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("data", "verdict"),
    [(b'{"wet": true}', "decoded"), (b"\xff\x00", "hex"), (LONG_NUMBER, "refused"), (None, "unreadable")],
)
def test_no_setting_of_the_portal_is_needed(file, data: bytes | None, verdict: str) -> None:
    path = file(data) if data else Path("/nowhere")
    ended = as_program("decode", str(path), "--json")
    assert (ended.returncode, ended.stderr) == (0, b"")
    (entry,) = json.loads(ended.stdout)["files"]
    assert entry["verdict"] == verdict
    assert "no text for this message" not in str(entry)


def test_its_help_needs_no_setting_either() -> None:
    ended = as_program("decode", "--help")
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"--partition-key KEY" in ended.stdout


def test_a_filter_lists_what_it_finds(file) -> None:
    lines = b'{"zone": "3.02", "celsius": 31.5}\n{"zone": "3.03", "celsius": 19}\n{"zone": "3.02", "celsius": 12}\n'
    warm, cold = file(gzip.compress(lines)), file(b'{"zone": "1", "celsius": 1}', "cold")
    found, nothing = decoded(warm, cold, wanted='zone = 3.02 and celsius > 1.5e1 or "3.03"')
    assert [json.loads(row["text"])["celsius"] for row in found["records"]] == [31.5, 19]
    assert (nothing["verdict"], nothing["records"]) == ("not found", [])


def test_a_filter_finds_a_number_as_it_was_sent(file) -> None:
    (entry,) = decoded(file(b'{"counter": 12345678901234567890123}'), wanted="counter = 12345678901234567890123")
    assert entry["verdict"] == "decoded"


def test_what_is_refused_could_not_be_searched_and_is_listed(file) -> None:
    (entry,) = decoded(file(NEVER_RETURNS), wanted="zone = 3")
    assert entry["verdict"] == "refused"
    assert entry["reason"]["code"] in {"decode.stopped", "decode.no_answer"}  # the clock is faster on a busy machine


def test_a_text_that_is_no_filter_is_answered_with_its_place(file) -> None:
    with pytest.raises(CommandError, match="character 8: Put text in quotes"):
        decoded(file(b"{}"), wanted="zone = north")
