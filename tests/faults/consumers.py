"""Roles of consumers that are created with a new KMS key, and one that is changed while the other is removed."""

from dataclasses import replace

from onboarding.consumers.role import ConsumerRole
from onboarding.integrations import runs
from onboarding.models.integration import Integration
from onboarding.models.states import RunState
from onboarding.provisioning import consumer_plan
from onboarding.provisioning.plan_factory import plan_for
from onboarding.provisioning.steps.consumer_role import KIND, POLICY_NAME
from onboarding.spec import integration_spec as specs
from portal.aws.iam.roles import get_role, inline_role_policies, role_policy
from tests.faults import invariants
from tests.faults.case import Case
from tests.onboarding.provisioning.driving import carried_out

ROLES = (ConsumerRole("analytics", ("444455556666",), 7200), ConsumerRole("partner", ("777788889999",)))
CHANGED = (ConsumerRole("analytics", ("444455556666", "777788889999"), 43_200),)


def consumed(case: Case) -> Case:
    """Start an update that creates both roles, and a KMS key that what they can do names."""
    spec = specs.from_row(case.run.spec)
    return _started(case, replace(spec, stream=replace(spec.stream, kms_key="new"), consumer_roles=ROLES))


def changed(case: Case) -> Case:
    """Start an update that changes one of the roles and removes the other."""
    both = consumed(case)
    assert carried_out(both.run).state == RunState.DONE
    return _started(both, replace(specs.from_row(both.run.spec), consumer_roles=CHANGED))


def not_consumed(case: Case) -> list[str]:
    """What is wrong with the two roles of an integration, in words."""
    return _wrong(case, ROLES)


def not_changed(case: Case) -> list[str]:
    """What is wrong where one role is left."""
    return _wrong(case, CHANGED)


def _started(case: Case, spec: specs.IntegrationSpec) -> Case:
    integration = Integration.objects.get(pk=case.run.integration_id)
    return replace(case, run_id=runs.start_run(integration=integration, actor="test", spec=spec).pk)


def _wrong(case: Case, roles: tuple[ConsumerRole, ...]) -> list[str]:
    integration, root = Integration.objects.get(pk=case.run.integration_id), case.root()
    wrong, plan = invariants.unfinished(case, integration), plan_for(integration, specs.from_row(integration.spec))
    names = {consumer_plan.role_name(plan, role) for role in roles}
    listed = {row["RoleName"] for row in root.client("iam").list_roles(PathPrefix="/sluice/consumers/")["Roles"]}
    if listed != names:
        wrong.append(f"the roles are {sorted(listed)}")
    for role in roles:
        found = get_role(root, consumer_plan.role_name(plan, role))
        if found is None:
            continue
        there = (found.trust, found.session_seconds, found.boundary_arn, found.tags)
        if there != (consumer_plan.trust(plan, role), role.session_seconds, plan.consumer_boundary_arn, plan.tags):
            wrong.append(f"the role {role.name} is {there}")
        if inline_role_policies(root, found.name) != [POLICY_NAME]:
            wrong.append(f"the role {role.name} has other policies")
        if role_policy(root, found.name, POLICY_NAME) != consumer_plan.permissions(plan, role):
            wrong.append(f"the role {role.name} has other permissions")
    rows = integration.resources.filter(kind=KIND).exclude(state="removed")
    if set(rows.values_list("name", "state")) != {(name, "present") for name in names}:
        wrong.append(f"the ledger lists {list(rows.values_list('name', 'state'))}")
    external_ids = list(integration.consumer_external_ids.values_list("role", flat=True))
    if external_ids != [role.name for role in ROLES]:
        wrong.append(f"external IDs are kept for {external_ids}")
    return wrong
