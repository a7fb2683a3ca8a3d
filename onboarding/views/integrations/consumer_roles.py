"""The sections of consumer roles and of session tokens on the tab "Consumers"."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from onboarding import check_queue
from onboarding.account_state.integration_status import integration_status
from onboarding.consumers.commands import CHAINED_SECONDS, assume_role_command, session_token_command
from onboarding.consumers.principals import account_of
from onboarding.consumers.role import ConsumerRole
from onboarding.consumers.sign_in import ConsumerSignIn
from onboarding.consumers.three_way_script import consumer_test_script
from onboarding.integrations import consumer_checks, fan_out_status, inventory
from onboarding.integrations.consumer_checks import RoleCheck
from onboarding.integrations.inventory import Line
from onboarding.models.integration import Integration
from onboarding.provisioning import consumer_plan
from onboarding.provisioning.plan_factory import plan_for
from onboarding.provisioning.steps.consumer_role import KIND
from onboarding.spec import integration_spec as specs
from onboarding.views.integrations.consumer_section import TabSection
from portal.aws.policies.connectors import assume_role_policy, kcl_tables_policy
from portal.aws.policies.statements import Document
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class RoleView:
    """One role as the tab shows it; `line` is its state in AWS, None before it was created."""

    role: ConsumerRole
    sign_in: ConsumerSignIn
    line: Line | None
    check: RoleCheck | None
    command: str
    script: str
    assumes: Document
    leases: Document
    connector_url: str

    @property
    def longest(self) -> str:
        """Return the longest session in seconds, with thousands separators."""
        return f"{self.role.session_seconds:,}"

    @property
    def is_shortened(self) -> bool:
        """Return whether the command requests less, because a principal may be a role itself."""
        return requested_seconds(self.role) < self.role.session_seconds

    @property
    def verdict(self) -> Message | None:
        """Return what the last check found, or None if the role was not checked."""
        return consumer_checks.summary(self.check) if self.check else None


def requested_seconds(role: ConsumerRole) -> int:
    """Return the longest session that every principal of a role can request.

    A session of a role gets an hour at most, and an account may have roles.
    """
    are_users = all(":user/" in principal for principal in role.principals)
    return role.session_seconds if are_users else min(role.session_seconds, CHAINED_SECONDS)


def _roles(integration: Integration) -> dict[str, Any]:
    check = consumer_checks.last(integration)
    is_open = check is not None and check.is_open
    checked_at, results = consumer_checks.results_of(check)
    return {
        "roles": _views(integration, results, checked_at),
        "checked_at": checked_at,
        "check": check if is_open else None,
        "is_held_up": check_queue.is_held_up(check if is_open else None),
        "check_problem": check_queue.problem_of(check) if check is not None and not is_open else None,
    }


def _views(integration: Integration, results: dict[str, RoleCheck], checked_at: datetime | None) -> list[RoleView]:
    spec = specs.from_row(integration.spec)
    if not spec.consumer_roles:
        return []
    plan = plan_for(integration, spec)
    was_removed = integration_status(integration).is_removed
    lines = {line.name: line for line in inventory.lines(integration, removed=was_removed) if line.kind == KIND}
    registered = {each.consumer.name: each.arn for each in fan_out_status.consumers_of(integration)}
    views = []
    for role in spec.consumer_roles:
        sign_in, line = consumer_plan.sign_in(plan, role), lines.get(consumer_plan.role_name(plan, role))
        check = results.get(role.name)
        # What was read before the role was created or changed says nothing of it now.
        is_current = checked_at is not None and line is not None and line.since <= checked_at
        is_current = is_current and check is not None and check.declared == role.as_dict()
        # The library's tables are in the consumer's own account.
        own_arn = sign_in.stream_arn.replace(f":{sign_in.account_id}:", f":{account_of(role.principals[0])}:")
        views.append(
            RoleView(
                role=role,
                sign_in=sign_in,
                line=line,
                check=check if is_current else None,
                command=assume_role_command(sign_in, seconds=requested_seconds(role)),
                script=consumer_test_script(sign_in),
                assumes=assume_role_policy(sign_in.role_arn),
                leases=kcl_tables_policy(own_arn, f"{sign_in.stream_name}-reader"),
                connector_url=_connector_url(integration, sign_in, registered.get(role.fan_out, "")),
            )
        )
    return views


def _connector_url(integration: Integration, sign_in: ConsumerSignIn, fanout_arn: str) -> str:
    address = reverse("connectors", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})
    chosen = {"sign_in": "role", "role_arn": sign_in.role_arn, "external_id": sign_in.external_id}
    chosen |= {"fanout_arn": fanout_arn} if fanout_arn else {}
    return f"{address}?{urlencode(chosen)}"


def _tokens(integration: Integration) -> dict[str, Any]:
    stream = specs.from_row(integration.spec).stream
    return {"token_command": session_token_command(stream.region, is_fips=stream.endpoint.is_fips)}


ROLES = TabSection("onboarding/_consumer_roles_tab.html", _roles)
TOKENS = TabSection("onboarding/_session_tokens.html", _tokens)
