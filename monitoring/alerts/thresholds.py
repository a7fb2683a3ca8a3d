"""The threshold that applies: the stream's own, else the tenant's, else the rule's default; none where it is off."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from monitoring.alert_models import AlertThreshold
from monitoring.alerts.rules import BY_KIND


@dataclass(frozen=True, slots=True)
class Effective:
    """A threshold in the rule's unit and where it comes from; None where alerts of the kind are off."""

    value: float | None
    source: str  # "stream", "tenant" or "default"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """All thresholds of one tenant, by integration (None: the tenant's own) and kind."""

    rows: dict[tuple[int | None, str], AlertThreshold] = field(default_factory=dict)

    def of(self, kind: str, integration_id: int | None = None) -> Effective:
        """Return the threshold of a kind for one stream, or for what concerns several."""
        own = self._found(kind, integration_id, "stream") if integration_id is not None else None
        return own or self._found(kind, None, "tenant") or Effective(BY_KIND[kind].default, "default")

    def _found(self, kind: str, integration_id: int | None, source: str) -> Effective | None:
        row = self.rows.get((integration_id, kind))
        if row is None:
            return None
        if row.is_off:
            return Effective(None, source)
        return Effective(row.value, source) if row.value is not None else None


def thresholds_of(tenant_id: int) -> Thresholds:
    """Return a tenant's thresholds."""
    return _as_thresholds(AlertThreshold.objects.filter(tenant_id=tenant_id))


def _as_thresholds(rows: Iterable[AlertThreshold]) -> Thresholds:
    return Thresholds({(row.integration_id, row.kind): row for row in rows})
