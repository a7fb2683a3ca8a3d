"""What is wrong with a spec, and the error that lists it."""

from dataclasses import dataclass

from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a spec: where (dotted path, and line in the file when known) and what."""

    path: str
    message: Message
    line: int | None = None

    @property
    def place(self) -> str:
        """Return where it is, as far as that is known: "line 4, stream.name"."""
        return ", ".join(part for part in (f"line {self.line}" if self.line else "", self.path) if part)

    def __str__(self) -> str:
        return f"{self.place}: {self.message.code}" if self.place else self.message.code


class SpecRefused(ValueError):
    """A spec that cannot be used, with every problem found. Its text has codes and paths, for logs."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems
