"""The command line explains itself: every command, subcommand and argument has a help text, which prints."""

import re

import pytest

from tests.architecture.command_line import commands, names, own_arguments, parsers

PARSERS = dict(parsers())
by_parser = pytest.mark.parametrize("name", sorted(PARSERS))
IMPERATIVE = re.compile(r"^[A-Z][a-z]+,? ")


def test_every_command_and_subcommand_has_a_parser() -> None:
    assert sorted(PARSERS) == sorted(names())
    assert "integration apply" in PARSERS


@by_parser
def test_a_command_says_what_it_does_in_a_sentence(name: str) -> None:
    text = PARSERS[name].description or ""
    assert IMPERATIVE.match(text)
    assert text.endswith(".")
    assert not text.split()[0].endswith("s"), "an imperative: “Print”, not “Prints”"


@by_parser
def test_every_argument_has_a_help_text(name: str) -> None:
    texts = {action.dest: action.help or "" for action in own_arguments(PARSERS[name])}
    assert [dest for dest, text in texts.items() if not re.fullmatch(r"[A-Z].+\.|[A-Z].+\)\.?", text, re.DOTALL)] == []


@by_parser
def test_help_prints_and_ends_with_0(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = name.split()
    with pytest.raises(SystemExit) as ended:
        commands()[words[0]].run_from_argv(["manage.py", *words, "--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert f"usage: manage.py {name} " in printed.out.replace("\n", " ")


@by_parser
def test_a_subcommand_prints_json_on_request(name: str) -> None:
    options = {option for action in PARSERS[name]._actions for option in action.option_strings}
    assert ("--json" in options) is (" " in name)
