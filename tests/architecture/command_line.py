"""The project's own commands and programs, each with the parsers of its subcommands."""

from argparse import Action, ArgumentParser, _SubParsersAction
from collections.abc import Iterator

from django.core.management import BaseCommand, get_commands, load_command_class

import portal.demo.__main__ as demo
import tests.bench.__main__ as bench
from portal.demo import console
from tests.architecture.tree import CODE

PARTS_OF_DJANGO = {"version", "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color"}


def commands() -> dict[str, BaseCommand]:
    """Return our commands of manage.py by name."""
    ours = {name: app for name, app in get_commands().items() if str(app).split(".")[0] in CODE}
    return {name: load_command_class(app, name) for name, app in sorted(ours.items())}


def subcommands_of(command: BaseCommand) -> list[str]:
    """Return the names of a command's subcommands."""
    return list(getattr(command, "subcommands", {}))


def names() -> list[str]:
    """Return every command, and every subcommand after its command: "tenant", "tenant create"."""
    return [
        full_name
        for name, command in commands().items()
        for full_name in (name, *(f"{name} {subcommand}" for subcommand in subcommands_of(command)))
    ]


def parsers() -> Iterator[tuple[str, ArgumentParser]]:
    """Yield the parser of every command of manage.py and of every subcommand, with its name."""
    for name, command in commands().items():
        yield from _with_subparsers(name, command.create_parser("manage.py", name))


def programs() -> Iterator[tuple[str, ArgumentParser]]:
    """Yield the parser of every other program, and of its subcommands, with its name."""
    for program in (demo, console, bench):
        parser = program.parser()
        yield from _with_subparsers(parser.prog, parser)


def _with_subparsers(name: str, parser: ArgumentParser) -> Iterator[tuple[str, ArgumentParser]]:
    yield name, parser
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for word, sub in action.choices.items():
                yield from _with_subparsers(f"{name} {word}", sub)


def own_arguments(parser: ArgumentParser) -> list[Action]:
    """Return the arguments that we define, without Django's own and --help."""
    ours = [action for action in parser._actions if action.dest not in {*PARTS_OF_DJANGO, "help", "skip_checks"}]
    return [action for action in ours if not isinstance(action, _SubParsersAction)]


def helps() -> Iterator[tuple[str, str]]:
    """Yield each help as it is printed: how the command is called, and its text without line breaks."""
    for name, parser in (*parsers(), *programs()):
        yield f"{name} --help", " ".join(parser.format_help().split())
