"""Checks of consumers' roles that someone requested: a worker reads each role in AWS and evaluates its trust policy.

Sluice is not the principal of such a role, so it never tries to assume one: what the consumer's own account allows is
for the consumer to test (onboarding/consumers/three_way_script.py).
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models.functions import Now

from onboarding import check_queue
from onboarding.connections.sessions import session_for
from onboarding.consumers.principals import principal_arn
from onboarding.consumers.role import ConsumerRole
from onboarding.consumers.trust_check import check_trust_policy
from onboarding.models.consumer_check import ConsumerCheck
from onboarding.models.integration import Integration
from onboarding.models.requested_check import OPEN, OPEN_NOW
from onboarding.provisioning import consumer_plan
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.plan_factory import connected, plan_for
from onboarding.provisioning.steps.consumer_role import POLICY_NAME
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, may_act
from onboarding.spec import integration_spec as specs
from onboarding.spec.endpoint import wants_fips
from portal import deadlocks
from portal.aws.errors import AwsFault
from portal.aws.iam.roles import get_role, role_policy
from portal.aws.policies.session_policies import SessionScope
from portal.aws.session import AwsSession
from portal.database_clock import DatabaseClock
from portal.messages.errors import validation_error
from portal.messages.message import Message

AGAIN_AFTER = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class RoleCheck:
    """What was found of one role; the decisions are "allowed", "denied" or "unknown", or "" if there is no role.

    `declared` is the role as it was declared then: the check says nothing of one that was changed since.
    """

    name: str
    exists: bool
    right: str = ""
    wrong: str = ""
    missing: str = ""
    stranger: str = ""
    has_permissions: bool = False
    has_boundary: bool = False
    session_seconds: int = 0
    declared: dict[str, Any] = field(default_factory=dict)

    @property
    def is_as_it_must_be(self) -> bool:
        """Return whether only the named principals can assume the role, and only with its external ID."""
        others = {self.wrong, self.missing, self.stranger}
        return self.right == "allowed" and others == {"denied"} and self.has_permissions and self.has_boundary


@deadlocks.atomic
def request(*, integration: Integration, actor: Actor) -> bool:
    """Request a check of every role; return False, and request none, while one is under way or just finished.

    Raises ValidationError for a suspended tenant.
    """
    lock_integration(integration.pk)
    may_act(integration.tenant)
    rows = ConsumerCheck.objects.filter(integration=integration)
    if rows.filter(OPEN).exists() or rows.filter(finished_at__gt=Now() - AGAIN_AFTER).exists():
        return False
    check_queue.request(
        ConsumerCheck,
        of={"integration": integration},
        inputs={},
        actor=str(actor),
        progress=Message("check.waiting"),
    )
    return True


def last(integration: Integration) -> ConsumerCheck | None:
    """Return the row of an integration's check, with `is_open`; None before the first was requested."""
    return ConsumerCheck.objects.filter(integration=integration).annotate(open_now=OPEN_NOW).first()


def results_of(check: ConsumerCheck | None) -> tuple[datetime | None, dict[str, RoleCheck]]:
    """Return when the roles were read, and what was found of each, by its name in the spec."""
    results = check.results if check else {}
    if not results:
        return None, {}
    found = [RoleCheck(**row) for row in results["roles"]]
    return datetime.fromisoformat(results["checked_at"]), {row.name: row for row in found}


def perform(check_id: int) -> None:
    """Do a requested check, as a worker; nothing where another worker does it, or it was requested long ago."""
    check = check_queue.claim(ConsumerCheck, check_id)
    if check is None:
        return
    with check_queue.finishing(check, check.integration.tenant):
        at = DatabaseClock().now()
        try:
            rows = [asdict(found) for found in _checked(check.integration)]
        except AwsFault as fault:
            raise validation_error(fault.message) from fault
        check_queue.keep(check, results={"checked_at": at.isoformat(), "roles": rows})


def _checked(integration: Integration) -> Iterator[RoleCheck]:
    connection, spec = connected(integration), specs.from_row(integration.spec)
    plan, fips = plan_for(integration, spec), wants_fips(integration.spec)
    purpose = f"consumers-{integration.uid}"
    aws = session_for(connection, integration.region, purpose, SessionScope.SETTINGS, fips=fips)
    for role in spec.consumer_roles:
        yield _check(aws, plan, role)


def _check(aws: AwsSession, plan: Plan, role: ConsumerRole) -> RoleCheck:
    name = consumer_plan.role_name(plan, role)
    found = get_role(aws, name)
    if found is None:
        return RoleCheck(role.name, exists=False, declared=role.as_dict())
    arns = [principal_arn(principal, plan.partition) for principal in role.principals]
    trust = check_trust_policy(found.trust, arns, consumer_plan.external_id(plan, role))
    return RoleCheck(
        role.name,
        exists=True,
        right=str(trust.right),
        wrong=str(trust.wrong),
        missing=str(trust.missing),
        stranger=str(trust.stranger),
        has_permissions=role_policy(aws, name, POLICY_NAME) == consumer_plan.permissions(plan, role),
        has_boundary=found.boundary_arn == plan.consumer_boundary_arn,
        session_seconds=found.session_seconds,
        declared=role.as_dict(),
    )


def summary(row: Any) -> Message:
    """Return what a check found of a role, in a sentence."""
    if not row.exists:
        return Message("consumer.check_no_role")
    return Message("consumer.check_as_specified") if row.is_as_it_must_be else Message("consumer.check_differs")
