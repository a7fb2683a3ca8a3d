"""Updates that set up devices through AWS IoT Core, with a new KMS key that the rule's role names, and remove them."""

from dataclasses import replace

from onboarding.integrations import runs
from onboarding.iot.device_source import DeviceSource
from onboarding.models.integration import Integration
from onboarding.models.states import RunState
from onboarding.spec import integration_spec as specs
from tests.faults import invariants
from tests.faults.case import Case
from tests.onboarding.provisioning.driving import carried_out

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


def removing(case: Case) -> Case:
    """Set devices up, then start an update without them; AWS deletes their thing type without its wait of minutes."""
    begun = added(case)
    assert carried_out(begun.run).state == RunState.DONE
    iot = case.root().client("iot")
    arn = iot.describe_thing_type(thingTypeName=SOURCE.thing_type)["thingTypeArn"]
    iot.tag_resource(resourceArn=arn, tags=[{"Key": "emulator:deprecated-seconds", "Value": "0"}])
    wanted = replace(specs.from_row(begun.run.spec), devices=None)
    integration = Integration.objects.get(pk=case.run.integration_id)
    return replace(case, run_id=runs.start_run(integration=integration, actor="test", spec=wanted).pk)


def not_removed(case: Case) -> list[str]:
    """What is left of what the devices needed, in words."""
    integration, root = Integration.objects.get(pk=case.run.integration_id), case.root()
    wrong = invariants.unfinished(case, integration)
    for operation, member in _LISTS.items():
        if found := getattr(root.client("iot"), operation)()[member]:
            wrong.append(f"{operation} has {found}")
    if roles := root.client("iam").list_roles(PathPrefix="/sluice/")["Roles"]:
        wrong.append(f"the roles are {[role['RoleName'] for role in roles]}")
    if groups := root.client("logs").describe_log_groups(logGroupNamePrefix="/sluice/devices/")["logGroups"]:
        wrong.append(f"the log groups are {groups}")
    return wrong


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
