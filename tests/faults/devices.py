"""An update that sets up devices through AWS IoT Core, with a new KMS key that the rule's role names."""

from dataclasses import replace

from onboarding.integrations import runs
from onboarding.iot.device_source import DeviceSource
from onboarding.models.integration import Integration
from onboarding.spec import integration_spec as specs
from tests.faults import invariants
from tests.faults.case import Case

SOURCE = DeviceSource("sluice-sensor", "sluice-lobby", "sluice-lobby")
# Operation, and what it lists.
_LISTS = {
    "list_thing_types": "thingTypes",
    "list_thing_groups": "thingGroups",
    "list_policies": "policies",
    "list_topic_rules": "rules",
}


def added(case: Case) -> Case:
    """Start an update that sets up devices and encrypts the stream with a new key."""
    spec = specs.from_row(case.run.spec)
    wanted = replace(spec, stream=replace(spec.stream, kms_key="new"), devices=SOURCE)
    integration = Integration.objects.get(pk=case.run.integration_id)
    return replace(case, run_id=runs.start_run(integration=integration, actor="test", spec=wanted).pk)


def not_added(case: Case) -> list[str]:
    """What is wrong with what the devices need, in words."""
    integration, root = Integration.objects.get(pk=case.run.integration_id), case.root()
    wrong = invariants.unfinished(case, integration)
    for operation, member in _LISTS.items():
        if len(found := getattr(root.client("iot"), operation)()[member]) != 1:
            wrong.append(f"{operation} has {found}")
    roles = root.client("iam").list_roles(PathPrefix="/sluice/")["Roles"]
    if [role["RoleName"] for role in roles] != [f"{integration.stream_name}-{integration.uid[:6]}-rule"]:
        wrong.append(f"the roles are {[role['RoleName'] for role in roles]}")
    groups = root.client("logs").describe_log_groups(logGroupNamePrefix="/sluice/devices/")["logGroups"]
    if len(groups) != 1:
        wrong.append(f"the log groups are {groups}")
    return wrong
