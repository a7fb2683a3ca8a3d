"""Thresholds as people type them, and how they and the escalation are stored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from monitoring.alert_models import AlertKind, AlertSettings, AlertThreshold
from monitoring.alerts.acknowledgement import actor_name
from monitoring.alerts.rules import BY_KIND, Rule, Unit, number
from onboarding.models.integration import Integration
from onboarding.row_locks import lock_integration, lock_tenant
from onboarding.service_guards import Actor, may_act
from portal import deadlocks
from portal.messages.errors import field_error
from portal.messages.message import Message
from portal.tenancy import selectors
from portal.tenancy.audit import record
from portal.tenancy.models import Tenant

_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,3})?")
FEWEST_MINUTES, MOST_MINUTES = 5, 24 * 60
MINUTES_OUT_OF_BOUNDS = Message("alert.minutes_out_of_bounds", least=str(FEWEST_MINUTES), most=str(MOST_MINUTES))


@dataclass(frozen=True, slots=True)
class Chosen:
    """A threshold as it was chosen: a value in the rule's unit, off, or neither, which leaves it to the default."""

    value: float | None = None
    is_off: bool = False


def parse(kind: str, text: str) -> float | None:
    """Return the number that a text is, or None for an empty one. Raises ValidationError at the field of its kind."""
    rule, typed = BY_KIND[kind], text.strip()
    if not typed:
        return None
    if not _NUMBER.fullmatch(typed):
        raise field_error(kind, Message("alert.not_a_number", typed=typed[:20]))
    value = float(typed)
    if rule.unit is Unit.RECORDS and not value.is_integer():
        raise field_error(kind, Message("alert.not_whole"))
    if not rule.least <= value <= rule.most:
        raise field_error(kind, _out_of_bounds(rule))
    return value


def _out_of_bounds(rule: Rule) -> Message:
    bounds = {"least": _grouped(rule.least), "most": _grouped(rule.most)}
    return Message("alert.out_of_bounds", unit=rule.unit.label, **bounds)


def _grouped(value: float) -> str:
    whole, _, decimals = number(value).partition(".")
    return f"{int(whole):,}.{decimals}" if decimals else f"{int(whole):,}"


def is_allowed_wait(minutes: int) -> bool:
    """Return whether an alert can be escalated after so many minutes; 0 is never."""
    return not minutes or FEWEST_MINUTES <= minutes <= MOST_MINUTES


@deadlocks.atomic
def set_thresholds(
    *, tenant: Tenant, integration: Integration | None, chosen: Mapping[str, Chosen], actor: Actor
) -> None:
    """Store thresholds of a tenant, or of one of its streams, in place of what was stored for these kinds."""
    may_act(tenant)
    if integration is None:
        lock_tenant(tenant.pk)
    else:
        lock_integration(integration.pk)
    before = _as_text(_rows(tenant, integration))
    _rows(tenant, integration).filter(kind__in=chosen).delete()
    AlertThreshold.objects.bulk_create(
        AlertThreshold(
            tenant=tenant,
            integration=integration,
            kind=kind,
            value=each.value,
            is_off=each.is_off,
            changed_by=actor_name(actor),
        )
        for kind, each in chosen.items()
        if each.is_off or each.value is not None
    )
    after = _as_text(_rows(tenant, integration))
    if after != before:
        record(
            "monitoring:alert-threshold:changed",
            tenant=tenant,
            actor=actor,
            target=integration.name if integration else tenant.name,
            about=integration or tenant,
            details={"from": before, "to": after},
        )


@deadlocks.atomic
def set_escalation(
    *, tenant: Tenant, minutes: int, person_id: int | None, actor: Actor, report_zone: str = "UTC"
) -> AlertSettings:
    """Choose after how many minutes (0: never) whom else an alert is sent to, and the time zone of monthly reports.

    Raises ValidationError.
    """
    may_act(tenant)
    if not is_allowed_wait(minutes):
        raise field_error("escalation_minutes", MINUTES_OUT_OF_BOUNDS)
    if person_id is not None and not selectors.people_of(tenant).filter(pk=person_id).exists():
        raise field_error("escalate_to", Message("alert.not_a_member"))
    values = {"escalation_minutes": minutes, "escalate_to_id": person_id, "report_zone": report_zone}
    values["changed_by"] = actor_name(actor)
    row, _ = AlertSettings.objects.update_or_create(tenant=tenant, defaults=values)
    record(
        "monitoring:alert-settings:changed",
        tenant=tenant,
        actor=actor,
        target=tenant.name,
        about=tenant,
        details={"minutes": minutes, "person": person_id, "report_zone": report_zone},
    )
    return row


@deadlocks.atomic
def save_settings(
    *,
    tenant: Tenant,
    chosen: Mapping[str, Chosen],
    minutes: int,
    person_id: int | None,
    report_zone: str,
    actor: Actor,
) -> None:
    """Store a tenant's thresholds, escalation and time zone, all of them or nothing. Raises ValidationError."""
    set_escalation(tenant=tenant, minutes=minutes, person_id=person_id, report_zone=report_zone, actor=actor)
    set_thresholds(tenant=tenant, integration=None, chosen=chosen, actor=actor)


def _rows(tenant: Tenant, integration: Integration | None) -> QuerySet[AlertThreshold]:
    return AlertThreshold.objects.filter(tenant=tenant, integration=integration)


def _as_text(rows: QuerySet[AlertThreshold]) -> dict[str, str]:
    kinds = {row.kind: "off" if row.is_off else number(row.value or 0) for row in rows}
    return {kind.value: kinds[kind] for kind in AlertKind if kind in kinds}
