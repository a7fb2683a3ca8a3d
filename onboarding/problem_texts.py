"""What is wrong with a spec, as sentences: forms, pages and the command line write it here."""

from onboarding.spec.problem import Problem, SpecRefused
from portal.messages.catalogue import explanation_of


def sentence_of(problem: Problem) -> str:
    """Return what is wrong and what to do."""
    return explanation_of(problem.message)


def line_of(problem: Problem) -> str:
    """Return the place in the file and what is wrong there: "line 4, stream.name: …"."""
    return f"{problem.place}: {sentence_of(problem)}" if problem.place else sentence_of(problem)


def lines_of(refused: SpecRefused) -> list[str]:
    """Return a line for each problem of a spec that cannot be used."""
    return [line_of(problem) for problem in refused.problems]
