"""What must hold of an integration whose vendor sends by a role, or moved to one and back, whatever happened."""

from onboarding.models.integration import Integration
from onboarding.models.producer_role import ProducerRole
from onboarding.models.run import Run
from onboarding.models.states import CredentialState, ProducerRoleState, RunState
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from portal.demo.building.role_attempts import Tested
from tests.faults import invariants, rotations
from tests.faults.by_role import tried, usable_keys
from tests.faults.case import Case

WORKS = ("allowed", "refused", "refused")
ONE_ROLE = {"data streams": 1, "roles under /sluice/": 1}


def not_set_up(case: Case) -> list[str]:
    """What is wrong after a set-up by role: not one stream and one role that only the vendor can assume."""
    integration = _integration(case)
    wrong = [*invariants.unfinished(case, integration), *_unfinished_runs(integration)]
    for what, (service, operation, asked, member) in invariants.LISTS.items():
        found = getattr(case.root().client(service), operation)(**asked)[member]
        if len(found) != ONE_ROLE.get(what, 0):
            wrong.append(f"there are {len(found)} {what}")
    if integration.credentials.exists():
        wrong.append("there is an access key")
    roles = list(integration.producer_roles.all())
    if [role.state for role in roles] != [ProducerRoleState.IN_USE]:
        return [*wrong, f"the roles are {[role.state for role in roles]}"]
    events = list(integration.vendor_events.values_list("kind", flat=True))
    wrong += [] if events == ["role-ready"] else [f"the vendor's feed has {events}"]
    return [*wrong, *_role_problems(case, roles[0])]


def _role_problems(case: Case, role: ProducerRole) -> list[str]:
    found = _tried(case, role)
    attempts = tuple(found.report[attempt] for attempt in ("right", "wrong", "missing"))
    if attempts != WORKS or found.session is None:
        return [f"the role's attempts are {found.report}"]
    return _elsewhere(found.session)


def _elsewhere(session: AwsSession) -> list[str]:
    try:
        put_record(session, "sluice-elsewhere", data=b"{}", partition_key="a")
    except AwsFault as fault:
        return [] if fault.kind is FaultKind.DENIED else [f"the role is not refused elsewhere: {fault}"]
    return ["the role can put records elsewhere"]


def without_producer(case: Case) -> list[str]:
    """What is wrong right after a worker ended: neither an access key nor the role can put a record."""
    integration = _integration(case)
    rows = integration.credentials.exclude(access_key_id="").filter(copies__isnull=False).distinct()
    if any(rotations.works(row, case.client_key) for row in rows):
        return []
    if any(_tried(case, role).session for role in integration.producer_roles.all()):
        return []
    return ["neither a key nor the role can put a record"]


def not_moved(case: Case) -> list[str]:
    """What is wrong after a move to a role and back: not one new key that works, and nothing of the role."""
    integration = _integration(case)
    wrong = [*invariants.unfinished(case, integration), *_unfinished_runs(integration)]
    roles_that_work = [role for role in integration.producer_roles.all() if _tried(case, role).session]
    wrong += [f"the role {role} can be assumed" for role in roles_that_work]
    iam = case.root().client("iam")
    if roles := [role["RoleName"] for role in iam.list_roles(PathPrefix="/sluice/")["Roles"]]:
        wrong.append(f"the roles {roles} are left")
    states = list(integration.producer_roles.values_list("state", flat=True))
    if states != [ProducerRoleState.RETIRED]:
        wrong.append(f"the roles are {states}")
    keys = usable_keys(integration)
    if len(keys) != 1:
        return [*wrong, f"{len(keys)} access keys are usable"]
    wrong += [] if rotations.works(keys[0], case.client_key) else ["the new key puts no records"]
    others = integration.credentials.exclude(pk=keys[0].pk).exclude(state=CredentialState.DISCARDED)
    if (states := list(others.values_list("state", flat=True))) != [CredentialState.REVOKED]:
        wrong.append(f"the other keys are {states}")
    return [*wrong, *invariants.key_problems(case.root(), keys[0])]


def _unfinished_runs(integration: Integration) -> list[str]:
    rows = Run.objects.filter(integration=integration).exclude(state=RunState.DONE)
    left = integration.resources.filter(state="intended").values_list("kind", "name")
    return [f"run {row.pk} is {row.state}: {row.failure}" for row in rows] + [f"{row} is intended" for row in left]


def _tried(case: Case, role: ProducerRole) -> Tested:
    assert case.sender is not None
    return tried(role, case.sender)


def _integration(case: Case) -> Integration:
    return Integration.objects.select_related("connection").get(pk=case.run.integration_id)
