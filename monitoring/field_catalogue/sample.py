"""What the tap counted of a stream's fields since it was written last: all records, and each device kind. Pure."""

from dataclasses import dataclass, field

from monitoring.field_catalogue.counting import observe
from monitoring.field_catalogue.kind_fields import KindFields
from monitoring.field_catalogue.observation import Observation
from monitoring.field_model import KindScope

MOST_KINDS = 20
Key = tuple[KindScope, str]
ALL: Key = (KindScope.ALL, "")
OTHER: Key = (KindScope.OTHER, "")


@dataclass(slots=True)
class FieldSample:
    """Kinds beyond MOST_KINDS are counted together, and so are records without a kind."""

    kinds: dict[Key, KindFields] = field(default_factory=dict)

    def add(self, observation: Observation, now: int, *, has_kinds: bool) -> None:
        """Count one record."""
        self._count(ALL, observation, now)
        if has_kinds:
            self._count(self._key(observation.kind), observation, now)

    def _key(self, kind: str | None) -> Key:
        if kind is None:
            return OTHER
        key = (KindScope.KIND, kind)
        named = len(self.kinds) - (ALL in self.kinds) - (OTHER in self.kinds)
        return key if key in self.kinds or named < MOST_KINDS else OTHER

    def _count(self, key: Key, observation: Observation, now: int) -> None:
        observe(self.kinds.setdefault(key, KindFields(now)), observation, now)
