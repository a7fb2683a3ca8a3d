"""What Sluice's commands share: subcommands, `--json`, exit statuses, and errors as messages with a code."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser, SystemCheckError
from django.db import OperationalError
from django.utils.translation import gettext as _

from portal import database_scope
from portal.messages.catalogue import described, explanation_of
from portal.messages.errors import MessageError
from portal.messages.message import Message

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Answer = dict[str, Any]


class CommandFailed(CommandError):
    """Why a command did not do what it was given: text for people, and `errors` as `--json` prints them.

    `answer` is what the subcommand found or would do. It is printed on standard output before the error.
    """

    def __init__(self, text: str, errors: Sequence[Answer], *, answer: Answer | None = None) -> None:
        super().__init__(text)
        self.errors = list(errors)
        self.answer = answer


def failed(message: Message, *, answer: Answer | None = None) -> CommandFailed:
    """Return the error of one message; its text says what is wrong, the cause and what to do."""
    return CommandFailed(explanation_of(message), [described(message) or {}], answer=answer)


class DescribedCommand(BaseCommand):
    """A command whose help text is written in the reader's language: `description`, in place of Django's `help`."""

    description: ClassVar[_StrOrPromise] = ""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return the parser of the command, with its help text."""
        self.help = str(self.description)
        return super().create_parser(prog_name, subcommand, **kwargs)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command; the person at it administers the installation."""
        with database_scope.every_tenant("the command line administers every tenant"):
            return super().execute(*args, **options)


class CommandWithAnswer(DescribedCommand):
    """A command that answers in plain JSON, and prints it as text unless it was given `--json` (`as_json`)."""

    is_program = False

    def run_from_argv(self, argv: list[str]) -> None:
        """Run as a program: errors are printed on standard error, and the process exits."""
        self.is_program = True
        super().run_from_argv(argv)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command; as a program, exit with the error's status after printing it."""
        try:
            return super().execute(*args, **options)
        except SystemCheckError:
            raise  # Django prints what its checks found
        except CommandError as error:
            if not self.is_program or options.get("traceback"):
                raise
            self.stderr.write(_as_json(error) if options.get("as_json") else str(error))
            sys.exit(error.returncode)

    def print_answer(self, work: Callable[[Answer], Answer], say: Callable[[Answer], str], options: Answer) -> None:
        """Do the work and print its answer, formatted for people by `say`."""
        try:
            self._print(work(options), say, options)
        except CommandFailed as failure:
            if failure.answer is not None:
                self._print(failure.answer, say, options)
            raise
        except ValidationError as invalid:
            raise _of_invalid(invalid) from invalid
        except OperationalError as error:
            detail = str(error).strip().partition("\n")[0]
            raise failed(Message("command.database_unavailable", detail=detail)) from error

    def say(self, answer: Answer) -> str:
        """Format an answer as lines of “name: value”."""
        return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in answer.items())

    def _print(self, answer: Answer, say: Callable[[Answer], str], options: Answer) -> None:
        self.stdout.write(json.dumps(answer, indent=2, default=str) if options["as_json"] else say(answer))


class CommandWithSubcommands(CommandWithAnswer):
    """A command with subcommands: each entry of `subcommands`, from name to help text, has methods `add_<name>`
    (arguments) and `do_<name>` (work), with an underscore for each hyphen of the name.

    `do_<name>` returns the answer as plain JSON; `say_<name>`, where there is one, formats it for people.
    """

    subcommands: ClassVar[Mapping[str, _StrOrPromise]] = {}

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add a parser for each subcommand, each with --json."""
        subparsers = parser.add_subparsers(dest="subcommand", required=True, metavar="SUBCOMMAND")
        for name, help_text in self.subcommands.items():
            sub = subparsers.add_parser(name, help=str(help_text), description=str(help_text))
            sub.add_argument("--json", action="store_true", dest="as_json", help=_("Print the answer as JSON."))
            getattr(self, f"add_{_method(name)}")(sub)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the subcommand and print its answer."""
        method = _method(options["subcommand"])
        self.print_answer(getattr(self, f"do_{method}"), getattr(self, f"say_{method}", self.say), options)


def _method(name: str) -> str:
    return name.replace("-", "_")


def _as_json(error: CommandError) -> str:
    # One line, so that a reader can separate it from log lines, which also go to standard error.
    errors = error.errors if isinstance(error, CommandFailed) else [_entry("command.failed", str(error))]
    return json.dumps({"errors": errors}, default=str)


def _of_invalid(invalid: ValidationError) -> CommandFailed:
    found = list(_by_path(invalid))
    lines = [f"{path.replace('_', ' ')}: {' '.join(error.messages)}".removeprefix(": ") for path, error in found]
    return CommandFailed("\n".join(lines), [{**_described(error), "path": path} for path, error in found])


def _by_path(invalid: ValidationError) -> Iterator[tuple[str, ValidationError]]:
    fields = invalid.error_dict if hasattr(invalid, "error_dict") else {NON_FIELD_ERRORS: invalid.error_list}
    for field, errors in fields.items():
        yield from (("" if field == NON_FIELD_ERRORS else field, error) for error in errors)


def _described(error: ValidationError) -> Answer:
    known = described(error.source) if isinstance(error, MessageError) else None
    return known or _entry(error.code or "invalid", " ".join(error.messages))


def _entry(code: str, text: str) -> Answer:
    return {"code": code, "params": {}, "text": text, "todo": ""}
