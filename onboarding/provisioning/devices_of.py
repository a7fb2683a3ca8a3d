"""The device source of a plan, for the steps that exist only with one."""

from onboarding.iot.device_names import DeviceNames
from onboarding.provisioning.plan import Plan


def devices_of(plan: Plan) -> DeviceNames:
    """Return the plan's device source with its names. Raises ValueError where the plan has none."""
    if plan.devices is None:
        raise ValueError("The plan has no devices.")
    return plan.devices
