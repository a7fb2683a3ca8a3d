"""What was seen of the fields of one device kind: counts, never values. `counting` fills it. Pure: no clock.

Times are seconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from monitoring.field_catalogue import paths
from monitoring.field_catalogue.json_types import ALL
from monitoring.field_catalogue.paths import Path


@dataclass(slots=True)
class SeenField:
    """One field: the bits of its types, and how many records had it.

    `born` is how many had the object that it is in, or were counted at all, before the field was seen.
    `in_window` and what follows serve the notices: `steady` counts the complete windows in a row in which nearly all
    records had the field, `is_known` is whether it needs no notice any more, `gone_at` since when no record had it.
    """

    bits: int
    count: int
    first_at: int
    last_at: int
    born: int = 0
    in_window: int = 0
    steady: int = 0
    is_known: bool = False
    gone_at: int | None = None


@dataclass(slots=True)
class KindFields:
    """The fields of one kind.

    `records` are all that were sampled. A field's share is its count over `weight`; both are halved from time to time,
    so it is the share of lately. `folded` are the paths of objects whose names are data, so that they share one path.
    `is_full` is whether there were more fields than are kept. `windows` counts the complete ones (for the notices).
    """

    since: int
    last_at: int = 0
    records: int = 0
    weight: int = 0
    fields: dict[Path, SeenField] = field(default_factory=dict)
    folded: set[Path] = field(default_factory=set)
    is_full: bool = False
    windows: int = 0
    window_at: int = 0
    window_records: int = 0
    window_is_cut: bool = False

    def share(self, seen: SeenField) -> float:
        """Return the share of records that had the field lately: 0 to 1."""
        return min(1.0, seen.count / self.weight) if self.weight else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "folded": sorted(self.folded, key=str),
            "fields": [
                [path, *(getattr(seen, name) for name in SeenField.__slots__)] for path, seen in self.fields.items()
            ],
        }


def from_json(raw: dict[str, Any]) -> KindFields:
    """Return what `as_json` wrote; raises KeyError, TypeError or ValueError on anything else."""
    fields = {paths.from_json(path): SeenField(int(bits) & ALL, *rest) for path, bits, *rest in raw["fields"]}
    folded = {paths.from_json(path) if path else () for path in raw["folded"]}
    return KindFields(**{name: raw[name] for name in _PLAIN}, fields=fields, folded=folded)


_PLAIN = (
    *("since", "last_at", "records", "weight", "is_full"),
    *("windows", "window_at", "window_records", "window_is_cut"),
)
