"""Every service that locks rows is repeated after a deadlock, and its second attempt does what the first would have."""

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from onboarding.connections import check_requests, creation, external_ids, permission_choice, trust_outcome
from onboarding.credentials import download, mail_choice, possession, recipients
from onboarding.drafts import services as drafts
from onboarding.integrations import abandon, drift, removal, runs, update
from onboarding.models.connection import Connection
from onboarding.models.connection_check import ConnectionCheck
from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.resource import Resource
from onboarding.models.run import Run
from onboarding.models.states import ConnectionState, IntegrationState, RunKind, RunState
from onboarding.self_managed import lifecycle
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.policies.chosen_permissions import chosen_permissions
from portal.aws.sts import Outcome, TrustReport
from portal.messages.message import Message
from portal.tenancy import invitations, people, services, tokens
from portal.tenancy.models import ApiToken, AuditEvent, StaffRole, Tenant, TenantRole, User
from tests.architecture.tree import ROOT, modules
from tests.onboarding.pages import confirmed_key, verified_connection

# Where a transaction is not repeated, and why.
ELSEWHERE = {
    # The engine repeats the whole turn of a run (engine.advance).
    "onboarding/provisioning/fenced_rows.py",
    "onboarding/provisioning/run_transitions.py",
    "onboarding/provisioning/step_transitions.py",
    # Another worker takes the work again when the claim has expired, and continues where it was.
    "onboarding/things/turn.py",
    # A person runs the command again.
    "portal/tenancy/management/commands/person.py",
    # Support chooses the action again; likewise.
    "portal/accounts/admin.py",
    # One row is locked, which cannot be a deadlock.
    "portal/secret_store/rotation.py",
    # It only reads.
    "portal/tenancy/audit_chain.py",
    "portal/deadlocks.py",
}
SPEC = IntegrationSpec("harbour", "production", StreamSpec(name="sluice-sensors", region="eu-west-1"))
ACTOR = "Ada"
LAST_WRITE = ('INSERT INTO "tenancy_auditevent"', 'INSERT INTO "onboarding_connectioncheck"')


def transactions_in(text: str) -> int:
    """How often a module opens a transaction itself."""
    return sum(
        ast.unparse(node) == "transaction.atomic"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
    )


def test_only_deadlocks_atomic_opens_a_transaction() -> None:
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in modules("onboarding", "monitoring", "portal")}
    assert {name for name, text in texts.items() if "transaction.atomic" in text and transactions_in(text)} == ELSEWHERE
    assert transactions_in("@transaction.atomic\ndef a():\n    with transaction.atomic():\n        pass") == 2


class OneDeadlock:
    """Lets PostgreSQL end a transaction with a deadlock at its last write, once."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        if not self.count and sql.startswith(LAST_WRITE):
            self.count += 1
            execute("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", None, False, context)
        return done


class Place:
    """Rows on which a service acts."""

    def __init__(self, number: int) -> None:
        self.tenant = Tenant.objects.create(slug=f"tenant-{number}", name=f"Tenant {number}")
        self.user = User.objects.create(email=f"ada@tenant-{number}.example", password="!")
        self.account_id = f"{111100000000 + number}"

    def connection(self, **fields: Any) -> Connection:
        role_arn = f"arn:aws:iam::{self.account_id}:role/SluiceAccess"
        return verified_connection(self.tenant, account_id=self.account_id, role_arn=role_arn, **fields)

    def unverified(self) -> Connection:
        return self.connection(state=ConnectionState.DRAFT, verified_at=None)

    def key(self, **fields: Any) -> PgpKey:
        return confirmed_key(self.tenant, **fields)

    def integration(self, state: str = IntegrationState.LIVE, **fields: Any) -> Integration:
        found = Integration.objects.create(
            tenant=self.tenant, connection=self.connection(), name="harbour", spec=SPEC.as_dict(), state=state, **fields
        )
        Resource.objects.create(integration=found, kind="data stream", name="sluice-sensors", state="present")
        return found

    def run(self, state: str, **fields: Any) -> Run:
        return Run.objects.create(integration=self.integration(), spec=SPEC.as_dict(), state=state, **fields)

    def finding(self) -> DriftFinding:
        what = Message("resource.user", name="sluice-u")
        return DriftFinding.objects.create(integration=self.integration(), step="stream", what=what)

    def copy(self) -> SealedCopy:
        credential = Credential.objects.create(integration=self.integration(), attempt=1, state="ready", user_name="u")
        return SealedCopy.objects.create(credential=credential, audience="client", fingerprint="A", ciphertext="x")

    def staff(self) -> User:
        return User.objects.create(email=f"bo@{self.tenant.slug}.example", is_staff=True, staff_role=StaffRole.OPERATOR)

    def token(self) -> ApiToken:
        return ApiToken.objects.create(
            person=self.staff(), name="Pusher", token_hash=self.tenant.slug, expires_at=timezone.now()
        )

    def draft(self) -> Integration:
        return drafts.start_integration(tenant=self.tenant, actor=ACTOR)

    def abandonable(self) -> Integration:
        denied = {"is_shut_out": True, "kind": RunKind.DESTROY}
        integration = self.run(RunState.FAILED, **denied).integration
        Integration.objects.filter(pk=integration.pk).update(state=IntegrationState.ATTENTION)
        return Integration.objects.get(pk=integration.pk)


ALLOWED = TrustReport(Outcome.ALLOWED, Outcome.REFUSED, Outcome.REFUSED, account_id=None, detail="")
DENIED = AwsFault(FaultKind.DENIED, "AccessDenied", "sts:AssumeRole", "no")
LESS = chosen_permissions(["deletion"])
SERVICES: dict[str, Callable[[Place], Callable[[], object]]] = {
    "retry_run": lambda at: _bound(runs.retry_run, run=at.run(RunState.FAILED)),
    "cancel_run": lambda at: _bound(runs.cancel_run, run=at.run(RunState.PENDING)),
    "start_removal": lambda at: _bound(removal.start_removal, integration=at.integration()),
    "open_update": lambda at: _bound(update.open_update, integration=at.integration()),
    "accept": lambda at: _bound(drift.accept, finding=at.finding()),
    "abandon": lambda at: _bound(abandon.abandon, integration=at.abandonable()),
    "start_integration": lambda at: _bound(drafts.start_integration, tenant=at.tenant),
    "discard_draft": lambda at: _bound(drafts.discard_draft, integration=at.draft()),
    "end": lambda at: _bound(lifecycle.end, integration=at.integration(IntegrationState.SELF_MANAGED)),
    "start_connection": lambda at: _bound(
        creation.start_connection, tenant=at.tenant, name="second", account_id=at.account_id
    ),
    "request_trust_test": lambda at: _trust_test(at.connection()),
    "request_permission_check": lambda at: _bound(check_requests.request_permission_check, connection=at.connection()),
    "choose_permissions": lambda at: _bound(
        permission_choice.choose_permissions, connection=at.connection(), optional=LESS
    ),
    "renew_external_id": lambda at: _bound(external_ids.renew_external_id, connection=at.unverified()),
    "keep_report": lambda at: _report(at.unverified()),
    "keep_denial": lambda at: partial(trust_outcome.keep_denial, at.connection(), DENIED),
    "confirm_pgp_key": lambda at: _bound(recipients.confirm_pgp_key, key=at.key(confirmed_at=None)),
    "remove_pgp_key": lambda at: _bound(recipients.remove_pgp_key, key=at.key()),
    "record_download": lambda at: _bound(download.record_download, copy=at.copy()),
    "choose_mail": lambda at: _bound(mail_choice.choose_mail, key=at.key(mail_address="ada@north.example"), address=""),
    "excuse": lambda at: _bound(possession.excuse, key=at.key(), reason="Their card is broken."),
    "rename_tenant": lambda at: _bound(services.rename_tenant, tenant=at.tenant, name="Another name"),
    "rename": lambda at: _bound(people.rename, user=at.user, full_name="Ada"),
    "add_member": lambda at: _bound(services.add_member, tenant=at.tenant, user=at.user, role=TenantRole.ADMIN),
    "set_suspended": lambda at: _bound(services.set_suspended, tenant=at.tenant, suspended=True),
    "invite": lambda at: _bound(invitations.invite, user=at.user, by_mail=False),
    "require_second_factor": lambda at: _bound(services.require_second_factor, tenant=at.tenant, is_required=True),
    "create_token": lambda at: _token(at.staff()),
    "revoke_token": lambda at: _bound(tokens.revoke, token=at.token()),
    "record_fetch": lambda at: partial(download.record_fetch, copy=at.copy(), token=at.token()),
    "create_person": lambda at: _bound(people.create_person, email="bo@vendor.example"),
    "set_staff_role": lambda at: _bound(people.set_staff_role, user=at.user, role=StaffRole.SUPPORT),
    "deactivate": lambda at: _bound(people.deactivate, user=at.user),
}


def _token(staff: User) -> Callable[[], object]:
    return _bound(tokens.create, person=staff, name="Pusher", scopes=["vendor_keys"])


def _bound(service: Callable[..., object], **arguments: Any) -> Callable[[], object]:
    return lambda: service(**arguments, actor=ACTOR)


def _trust_test(connection: Connection) -> Callable[[], object]:
    return _bound(check_requests.request_trust_test, connection=connection, role_arn=connection.role_arn)


def _report(connection: Connection) -> Callable[[], object]:
    now = timezone.now()
    return lambda: trust_outcome.keep_report(connection, connection.role_arn, ALLOWED, ACTOR, now, quietly=True)


def outcome(service: Callable[[], object]) -> str:
    """Call a service that PostgreSQL ends once, and say how often it was ended and what it wrote in the end."""
    before, deadlock = AuditEvent.objects.count() + ConnectionCheck.objects.count(), OneDeadlock()
    try:
        with connection.execute_wrapper(deadlock):
            service()
    except OperationalError:
        return "not repeated"
    written = AuditEvent.objects.count() + ConnectionCheck.objects.count() - before
    return f"{deadlock.count} deadlock, {written} written"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clean_redis")
def test_the_second_attempt_of_every_service_does_what_the_first_would_have(settings: Any) -> None:
    settings.SLUICE_PORTAL_URL = "https://portal.example"
    found = {name: outcome(prepared(Place(number))) for number, (name, prepared) in enumerate(SERVICES.items())}
    assert found == dict.fromkeys(SERVICES, "1 deadlock, 1 written")
