"""What is wrong with a spec, as commands print it."""

from django.utils.translation import gettext as _

from onboarding.problem_texts import lines_of
from onboarding.spec.problem import Problem, SpecRefused
from portal.command_line import Answer, CommandFailed
from portal.messages.catalogue import described, explanation_of
from portal.messages.message import Message


def spec_failed(refused: SpecRefused, advice: Message | None = None) -> CommandFailed:
    """Return the error of a spec that cannot be used: each problem with its place, and then what to do."""
    lines = [_("The spec cannot be used:"), *(f"  {line}" for line in lines_of(refused))]
    errors = [_entry(problem) for problem in refused.problems]
    if advice is None:
        return CommandFailed("\n".join(lines), errors)
    return CommandFailed("\n".join([*lines, explanation_of(advice)]), [*errors, described(advice) or {}])


def problems_failed(refused: SpecRefused) -> CommandFailed:
    """Return the error where no file was given: each problem on a line."""
    return CommandFailed("\n".join(lines_of(refused)), [_entry(problem) for problem in refused.problems])


def _entry(problem: Problem) -> Answer:
    return {**(described(problem.message) or {}), "path": problem.path, "line": problem.line}
