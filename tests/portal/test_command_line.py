"""What all commands share: answers on standard output, errors on standard error, exit statuses, and --json for both."""

import json
from argparse import ArgumentParser
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import OperationalError

from portal.command_line import CommandFailed, CommandWithSubcommands, failed
from portal.messages.errors import field_error, validation_error
from portal.messages.message import Message

UNKNOWN = Message("command.tenant_unknown", tenant="fabrikam")
UNKNOWN_TEXT = (
    "There is no tenant with the slug “fabrikam”. Check the slug in the Django admin, or create the tenant with "
    "`tenant create`."
)
RAISED: dict[str, Exception] = {
    "message": failed(UNKNOWN),
    "found": failed(UNKNOWN, answer={"found": 1}),
    "validation": validation_error(UNKNOWN),
    "fields": field_error("account_id", UNKNOWN),
    "plain": ValidationError({"name": ["This field cannot be blank."]}),
    "database": OperationalError("connection refused\nIs the server running?"),
}


class Example(CommandWithSubcommands):
    description = "Do as the word says."
    subcommands = {"do-it": "Do it."}
    requires_system_checks = []

    def add_do_it(self, parser: ArgumentParser) -> None:
        parser.add_argument("word", help="The word.")

    def do_do_it(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["word"] in RAISED:
            raise RAISED[options["word"]]
        return {"the_word": options["word"]}


def ended(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command as a program: its exit status, and what it printed on standard output and standard error."""
    status = 0
    try:
        Example().run_from_argv(["manage.py", "example", "do-it", *arguments])
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_an_answer_is_printed_as_lines_or_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(capsys, "hello") == (0, "the word: hello\n", "")
    status, out, err = ended(capsys, "hello", "--json")
    assert (status, json.loads(out), err) == (0, {"the_word": "hello"}, "")


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("message", UNKNOWN_TEXT),
        ("validation", UNKNOWN_TEXT),
        ("fields", f"account id: {UNKNOWN_TEXT}"),
        ("plain", "name: This field cannot be blank."),
        (
            "database",
            "PostgreSQL could not be used: connection refused. Check DATABASE_URL and that PostgreSQL accepts "
            "connections, then try again.",
        ),
    ],
)
def test_an_error_is_a_sentence_on_standard_error_with_status_1(
    capsys: pytest.CaptureFixture[str], word: str, text: str
) -> None:
    assert ended(capsys, word) == (1, "", f"{text}\n")


@pytest.mark.parametrize(
    ("word", "code", "params", "path"),
    [
        ("message", "command.tenant_unknown", {"tenant": "fabrikam"}, None),
        ("validation", "command.tenant_unknown", {"tenant": "fabrikam"}, ""),
        ("fields", "command.tenant_unknown", {"tenant": "fabrikam"}, "account_id"),
        ("plain", "invalid", {}, "name"),
        ("database", "command.database_unavailable", {"detail": "connection refused"}, None),
    ],
)
def test_with_json_every_error_is_one_line_of_the_same_shape(
    capsys: pytest.CaptureFixture[str], word: str, code: str, params: dict[str, str], path: str | None
) -> None:
    status, out, err = ended(capsys, word, "--json")
    assert (status, out, err.count("\n")) == (1, "", 1)
    (entry,) = json.loads(err)["errors"]
    assert (entry["code"], entry["params"], entry.get("path")) == (code, params, path)
    assert entry["text"]
    assert "todo" in entry


def test_what_was_found_is_printed_before_the_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(capsys, "found") == (1, "found: 1\n", f"{UNKNOWN_TEXT}\n")
    status, out, err = ended(capsys, "found", "--json")
    assert (status, json.loads(out)) == (1, {"found": 1})
    assert json.loads(err)["errors"][0]["code"] == "command.tenant_unknown"


def test_invalid_arguments_print_the_usage_with_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ended(capsys)
    assert (status, out) == (2, "")
    assert "usage: manage.py example do-it" in err


def test_called_from_code_an_error_is_raised() -> None:
    with pytest.raises(CommandFailed, match="no tenant"):
        call_command(Example(), "do-it", "message")
