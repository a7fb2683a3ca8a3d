"""What devices use in AWS beyond the last completed run: runs that stopped may have created, changed or removed it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from onboarding.account_state.stopped_runs import StoppedRun
from onboarding.iot.device_source import DeviceSource

TOPIC_RULE = "topic rule"
KINDS = ("thing type", "thing group", "device policy", TOPIC_RULE)
# The steps that apply a setting; all of them have to be completed.
_STEPS = {
    "topic_prefix": {"device_policy", "topic_rule"},
    "sql": {"topic_rule"},
    "partition_key": {"topic_rule"},
    "log_retention_days": {"rule_log_group"},
}


def devices_in_aws(
    applied: DeviceSource | None, stopped: Sequence[StoppedRun], ledger: Mapping[tuple[str, str], bool]
) -> DeviceSource | None:
    """Return the devices as they are in AWS; `ledger` says of each kind and name whether it is there."""
    there = {kind: is_there for (kind, _), is_there in ledger.items() if kind in KINDS}
    if not there:
        return applied
    if not any(there.values()):
        return None
    found = applied
    for run in stopped:
        if run.spec.devices is not None:
            is_new = found is None or not there.get(TOPIC_RULE, True)
            found = run.spec.devices if found is None or is_new else _followed(found, run.spec.devices, run.done)
    return found


def _followed(was: DeviceSource, requested: DeviceSource, done: frozenset[str]) -> DeviceSource:
    changed = {field: getattr(requested, field) for field, steps in _STEPS.items() if steps <= done}
    return replace(was, **changed)
