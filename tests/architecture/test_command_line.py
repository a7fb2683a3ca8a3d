"""The command line explains itself: every command, subcommand and argument has a help text, which prints."""

import re
from argparse import Action

import pytest

from tests.architecture.command_line import commands, names, own_arguments, parsers, programs

ANSWER_WITHOUT_SUBCOMMAND = {"connector", "estimate"}
PARSERS = dict(parsers())
PROGRAMS = dict(programs())
ALL = {**PARSERS, **PROGRAMS}
by_command = pytest.mark.parametrize("name", sorted(PARSERS))
by_parser = pytest.mark.parametrize("name", sorted(ALL))
IMPERATIVE = re.compile(r"(?!The |A |An )[A-Z][a-z]*(?<!s),? .+\.", re.DOTALL)
NOUN_PHRASE = re.compile(r"(The|A|An) .+\.", re.DOTALL)


def test_every_command_and_subcommand_has_a_parser() -> None:
    assert sorted(PARSERS) == sorted(names())
    assert "integration apply" in PARSERS


@by_parser
def test_a_command_says_what_it_does_in_imperative_sentences(name: str) -> None:
    assert IMPERATIVE.fullmatch(ALL[name].description or "")


def test_every_program_reads_its_arguments_with_a_parser_that_is_read_here() -> None:
    assert {"python -m portal.demo", "python -m portal.demo.console run", "python -m tests.bench"} <= PROGRAMS.keys()


def form_of(action: Action) -> re.Pattern[str]:
    """A switch says what the command then does; a value is a thing."""
    return IMPERATIVE if action.nargs == 0 else NOUN_PHRASE


@by_parser
def test_every_argument_has_a_help_text(name: str) -> None:
    actions = own_arguments(ALL[name])
    assert [action.dest for action in actions if not form_of(action).fullmatch(action.help or "")] == []


@pytest.mark.parametrize("text", ["", "Prints the plan.", "print the plan.", "Print the plan", "The plan."])
def test_a_text_that_is_no_imperative_sentence_would_be_found(text: str) -> None:
    assert not IMPERATIVE.fullmatch(text)


@pytest.mark.parametrize("text", ["", "Print the plan.", "the plan.", "The plan"])
def test_a_text_that_is_no_noun_phrase_would_be_found(text: str) -> None:
    assert not NOUN_PHRASE.fullmatch(text)


@by_command
def test_help_prints_and_ends_with_0(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    parts = name.split()
    with pytest.raises(SystemExit) as ended:
        commands()[parts[0]].run_from_argv(["manage.py", *parts, "--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert f"usage: manage.py {name} " in printed.out.replace("\n", " ")


@by_command
def test_a_subcommand_prints_json_on_request(name: str) -> None:
    options = {option for action in PARSERS[name]._actions for option in action.option_strings}
    assert ("--json" in options) is (" " in name or name in ANSWER_WITHOUT_SUBCOMMAND)
