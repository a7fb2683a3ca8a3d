"""How far the reading of a page is, as Redis holds it. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from monitoring.history.found_page import FoundPage
from monitoring.history.position import Cut
from portal.messages.message import Message, from_json


class Phase(StrEnum):
    """What a reading does; each but the first two is its end."""

    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """The phase, the edges of what was found, and what it cost: reads of shards, bytes, and up to when they were read.

    `children` are the shards that continue a shard that was read to its end; `unlisted` rows were too many to show.
    `schema_problems` are the schemas that records name and that could not be read, each with the reason.
    With a filter, `searched` data records were read, of which `unsearched` could not be decoded, or not to their end.
    """

    phase: Phase = Phase.WAITING
    start: Cut | None = None
    end: Cut | None = None
    is_at_edge: bool = False
    found: int = 0
    reads: int = 0
    read_bytes: int = 0
    read_up_to: datetime | None = None
    problem: Message | None = None
    children: tuple[str, ...] = field(default_factory=tuple)
    unlisted: int = 0
    searched: int = 0
    unsearched: int = 0
    schema_problems: tuple[tuple[str, Message], ...] = ()

    @property
    def is_over(self) -> bool:
        """Return whether no more is read."""
        return self.phase not in {Phase.WAITING, Phase.READING}

    def with_page(self, page: FoundPage, *, is_backward: bool, count: int) -> Progress:
        """Return it with what a turn of reading found: its edge in the direction of reading replaces the last one."""
        start = page.start if is_backward or self.start is None else self.start
        end = self.end if is_backward and self.end is not None else page.end
        return replace(self, start=start, end=end, is_at_edge=page.is_at_edge, found=count)

    def to_json(self) -> str:
        """Return it as Redis holds it."""
        return json.dumps(
            {
                "phase": self.phase,
                "start": self.start.as_json() if self.start else None,
                "end": self.end.as_json() if self.end else None,
                "is_at_edge": self.is_at_edge,
                "found": self.found,
                "reads": self.reads,
                "read_bytes": self.read_bytes,
                "read_up_to": self.read_up_to.isoformat() if self.read_up_to else None,
                "problem": self.problem.as_json() if self.problem else None,
                "children": self.children,
                "unlisted": self.unlisted,
                "searched": self.searched,
                "unsearched": self.unsearched,
                "schema_problems": [(name, problem.as_json()) for name, problem in self.schema_problems],
            }
        )

    @classmethod
    def from_json(cls, stored: str | bytes) -> Progress:
        """Return the progress that `to_json` wrote."""
        raw: dict[str, Any] = json.loads(stored)
        return cls(
            phase=Phase(raw["phase"]),
            start=Cut.from_json(raw["start"]) if raw["start"] else None,
            end=Cut.from_json(raw["end"]) if raw["end"] else None,
            is_at_edge=raw["is_at_edge"],
            found=raw["found"],
            reads=raw["reads"],
            read_bytes=raw["read_bytes"],
            read_up_to=datetime.fromisoformat(raw["read_up_to"]) if raw["read_up_to"] else None,
            problem=from_json(raw["problem"]) if raw["problem"] else None,
            children=tuple(raw["children"]),
            unlisted=raw["unlisted"],
            searched=raw["searched"],
            unsearched=raw["unsearched"],
            schema_problems=tuple((name, from_json(problem)) for name, problem in raw.get("schema_problems", ())),
        )
