"""Consumers that are in AWS beyond the last completed run: runs that stopped may have created and removed some."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from onboarding.account_state import devices_in_aws
from onboarding.account_state.stopped_runs import StoppedRun, stopped_runs
from onboarding.consumers.role import ConsumerRole
from onboarding.fan_out.consumer import FanOutConsumer
from onboarding.models.integration import Integration
from onboarding.models.states import ResourceState
from onboarding.sharing.share import Share
from onboarding.spec.integration_spec import IntegrationSpec

_ROLE, _SHARE, _FAN_OUT = "consumer role", "stream share", "fan-out consumer"
_Kind = TypeVar("_Kind", ConsumerRole, Share, FanOutConsumer)
_THERE = {ResourceState.PRESENT, ResourceState.REMOVING}


def with_consumers(integration: Integration, applied: IntegrationSpec, requested: IntegrationSpec) -> IntegrationSpec:
    """Return `applied` with the consumers (roles, shares, registered) and devices that the ledger knows as present.

    What it knows as removed is not in it.
    """
    rows = integration.resources.filter(kind__in=(_ROLE, _SHARE, _FAN_OUT, *devices_in_aws.KINDS)).values_list(
        "kind", "name", "state"
    )
    ledger = {(kind, name): state in _THERE for kind, name, state in rows if state != ResourceState.INTENDED}
    if not ledger:
        return applied
    stopped = [*stopped_runs(integration), StoppedRun(requested)]
    roles = {role.name: role for role in applied.consumer_roles}
    shares = {share.label: share for share in applied.shares}
    registered = {consumer.name: consumer for consumer in applied.fan_out}

    def is_role_there(name: str) -> bool | None:
        # The name in AWS begins with the stream's, of which it may have only a part.
        end = f"-{integration.uid[:6]}-consumer-{name}"
        return next((there for (kind, called), there in ledger.items() if kind == _ROLE and called.endswith(end)), None)

    def is_share_there(label: str) -> bool | None:
        return ledger.get((_SHARE, label))

    def is_registered(name: str) -> bool | None:
        return ledger.get((_FAN_OUT, name))

    for run in stopped:
        _follow(roles, ((role.name, role) for role in run.spec.consumer_roles), is_role_there, run, "consumer_role")
        _follow(shares, ((share.label, share) for share in run.spec.shares), is_share_there, run, "share")
        _follow(registered, ((each.name, each) for each in run.spec.fan_out), is_registered, run, "fan_out")
    kept = [role for name, role in roles.items() if is_role_there(name) is not False]
    shared = [share for label, share in shares.items() if is_share_there(label) is not False]
    consumers = [consumer for name, consumer in registered.items() if is_registered(name) is not False]
    found = replace(applied, consumer_roles=tuple(kept), shares=tuple(shared), fan_out=tuple(consumers))
    return replace(found, devices=devices_in_aws.devices_in_aws(applied.devices, stopped, ledger))


def _follow(
    known: dict[str, _Kind],
    declared: Iterable[tuple[str, _Kind]],
    is_there: Callable[[str], bool | None],
    run: StoppedRun,
    step: str,
) -> None:
    """Enter what a run that stopped created, or changed in a step that was completed."""
    for name, each in declared:
        if is_there(name) and (name not in known or f"{step}:{name}" in run.done):
            known[name] = each
