"""What AWS may have created for a run that stopped, and no answer was stored: the ledger has it as intended.

It matters where it is not wanted any more: the next run removes it, so a review has to list it.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from onboarding.account_state import devices_in_aws
from onboarding.account_state.observations import FIREHOSE
from onboarding.account_state.stopped_runs import stopped_runs
from onboarding.iot.device_source import DeviceSource
from onboarding.models.integration import Integration
from onboarding.models.states import ResourceState
from onboarding.spec.integration_spec import IntegrationSpec

_Part = TypeVar("_Part")
_ROLE, _SHARE, _FAN_OUT = "consumer role", "stream share", "fan-out consumer"
_KINDS = (_ROLE, _SHARE, _FAN_OUT, FIREHOSE, *devices_in_aws.KINDS)


def with_intended(integration: Integration, found: IntegrationSpec, wanted: IntegrationSpec) -> IntegrationSpec:
    """Return `found` with what AWS may have beyond it and `wanted` does not have."""
    rows = integration.resources.filter(kind__in=_KINDS, state=ResourceState.INTENDED)
    intended = set(rows.values_list("kind", "name"))
    if not intended:
        return found
    runs = [run.spec for run in stopped_runs(integration)]

    def is_role_intended(name: str) -> bool:
        end = f"-{integration.uid[:6]}-consumer-{name}"
        return any(kind == _ROLE and called.endswith(end) for kind, called in intended)

    def is_intended(kind: str) -> Callable[[str], bool]:
        return lambda name: (kind, name) in intended

    return replace(
        found,
        consumer_roles=_with(
            found.consumer_roles,
            wanted.consumer_roles,
            (each for run in runs for each in run.consumer_roles),
            lambda role: role.name,
            is_role_intended,
        ),
        shares=_with(
            found.shares,
            wanted.shares,
            (each for run in runs for each in run.shares),
            lambda share: share.label,
            is_intended(_SHARE),
        ),
        fan_out=_with(
            found.fan_out,
            wanted.fan_out,
            (each for run in runs for each in run.fan_out),
            lambda consumer: consumer.name,
            is_intended(_FAN_OUT),
        ),
        deliveries=_with(
            found.deliveries,
            wanted.deliveries,
            (each for run in runs for each in run.deliveries),
            lambda delivery: delivery.name,
            is_intended(FIREHOSE),
        ),
        devices=found.devices or (None if wanted.devices else _devices(runs, intended)),
    )


def _with(
    found: tuple[_Part, ...],
    wanted: tuple[_Part, ...],
    requested: Iterable[_Part],
    name_of: Callable[[_Part], str],
    is_intended: Callable[[str], bool],
) -> tuple[_Part, ...]:
    known = {name_of(each) for each in (*found, *wanted)}
    more = {name_of(each): each for each in requested if name_of(each) not in known and is_intended(name_of(each))}
    return (*found, *more.values())


def _devices(runs: list[IntegrationSpec], intended: set[tuple[str, str]]) -> DeviceSource | None:
    if not any(kind in devices_in_aws.KINDS for kind, _ in intended):
        return None
    return next((run.devices for run in reversed(runs) if run.devices), None)
