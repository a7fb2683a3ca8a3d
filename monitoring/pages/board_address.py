"""What of a board is shown, as its address has it: search, status, cause, order, grouping, scale. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self
from urllib.parse import urlencode

from monitoring.board_sorts import SORTS
from monitoring.models import HealthState

_LONGEST_SEARCH = 100
_CODE = re.compile(r"[a-z_]{1,40}(\.[a-z_]{1,60}){1,3}")
GROUPED = "cause"
SCALED_BY_ROW = "row"


@dataclass(frozen=True, slots=True)
class BoardAddress:
    """The parts of a board's address by their names in it; "" is what was not chosen."""

    q: str = ""
    state: str = ""
    cause: str = ""
    sort: str = ""
    group: str = ""
    scale: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """Return what a request asks for; what means nothing is left out."""
        state, cause = given.get("state", ""), given.get("cause", "")
        sort, group, scale = (given.get(name, "") for name in ("sort", "group", "scale"))
        return cls(
            q=given.get("q", "").replace("\0", "").strip()[:_LONGEST_SEARCH],  # PostgreSQL's text has no NUL
            state=state if state in HealthState.values else "",
            cause=cause if _CODE.fullmatch(cause) else "",
            sort=sort if sort.removeprefix("-") in SORTS else "",
            group=group if group == GROUPED else "",
            scale=scale if scale == SCALED_BY_ROW else "",
        )

    @property
    def is_filtered(self) -> bool:
        """Return whether it leaves streams out."""
        return bool(self.q or self.state or self.cause)

    def query(self, **changed: Any) -> str:
        """Return the query of the address with some parts changed, without what is not set."""
        wanted = replace(self, **changed)
        named = ((part.name, getattr(wanted, part.name)) for part in fields(self))
        return urlencode([(name, value) for name, value in named if value])
