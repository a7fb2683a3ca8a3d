"""What is wrong with a spec, and the error that lists it."""

from dataclasses import dataclass

from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a spec: where (dotted path, and line in the file when known) and what.

    `message` is a code where the rule has one. Rules that still raise finished English pass their sentence as text.
    """

    path: str
    message: Message | str
    line: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}, {self.path}" if self.line else self.path
        what = self.message if isinstance(self.message, str) else self.message.code
        return f"{where}: {what}" if where else what


class SpecRefused(ValueError):
    """A spec that cannot be used, with every problem found. Its text has codes and paths, for logs."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems
