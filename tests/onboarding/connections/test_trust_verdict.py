"""What three attempts to assume a role say together: no client is blamed for an answer that AWS did not give."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.connections.trust_outcome import keep_report
from onboarding.connections.trust_verdict import verdict
from onboarding.models.connection import Connection
from onboarding.models.states import ConnectionState
from portal.aws.sts import Outcome, TrustReport
from portal.tenancy.models import AuditEvent, Tenant
from tests.onboarding.pages import ACCOUNT, verified_connection

ALLOWED, REFUSED, UNKNOWN = Outcome.ALLOWED, Outcome.REFUSED, Outcome.UNKNOWN
WORKS, DENIED, UNSAFE = "trust.works", "trust.denied", "trust.no_external_id_required"
NO_ANSWER, OTHER_ACCOUNT = "trust.no_answer", "trust.other_account"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/SluiceAccess"


def report(right: Outcome, wrong: Outcome, missing: Outcome, account_id: str | None = ACCOUNT) -> TrustReport:
    return TrustReport(right, wrong, missing, account_id if right is ALLOWED else None, "")


def never_verified(**fields: object) -> Connection:
    now = timezone.now()
    return Connection(account_id=ACCOUNT, created_at=now, external_id_created_at=now, **fields)


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ((ALLOWED, REFUSED, REFUSED), WORKS),
        ((ALLOWED, ALLOWED, REFUSED), UNSAFE),
        ((ALLOWED, REFUSED, ALLOWED), UNSAFE),
        ((ALLOWED, ALLOWED, UNKNOWN), UNSAFE),
        ((ALLOWED, UNKNOWN, ALLOWED), UNSAFE),
        ((ALLOWED, UNKNOWN, REFUSED), NO_ANSWER),
        ((ALLOWED, REFUSED, UNKNOWN), NO_ANSWER),
        ((ALLOWED, UNKNOWN, UNKNOWN), NO_ANSWER),
        ((REFUSED, UNKNOWN, UNKNOWN), DENIED),
        ((REFUSED, REFUSED, REFUSED), DENIED),
        ((REFUSED, ALLOWED, ALLOWED), DENIED),
        ((UNKNOWN, UNKNOWN, UNKNOWN), NO_ANSWER),
        ((UNKNOWN, REFUSED, REFUSED), NO_ANSWER),
    ],
)
def test_each_three_outcomes_have_one_verdict(outcomes: tuple[Outcome, Outcome, Outcome], code: str) -> None:
    assert verdict(report(*outcomes), never_verified()).code == code


def test_a_role_is_trusted_undecided_or_neither_and_never_both() -> None:
    for outcomes in itertools.product(Outcome, repeat=3):
        found = report(*outcomes)
        assert not (found.trusted and found.is_undecided)
        assert (verdict(found, never_verified()).code == NO_ANSWER) is found.is_undecided
        assert (verdict(found, never_verified()).code == WORKS) is found.trusted


def test_a_role_of_another_account_is_told_before_anything_else() -> None:
    for wrong in Outcome:
        found = verdict(report(ALLOWED, wrong, REFUSED, "444455556666"), never_verified())
        assert (found.code, found.params["found"]) == (OTHER_ACCOUNT, "444455556666")
    assert verdict(report(ALLOWED, REFUSED, REFUSED, None), never_verified()).code == WORKS, "AWS did not say whose"


def test_a_denial_is_explained_by_what_went_before() -> None:
    denied, now = report(REFUSED, REFUSED, REFUSED), timezone.now()
    assert verdict(denied, never_verified()).code == "trust.denied"
    assert verdict(denied, never_verified(verified_at=now)).code == "trust.denied_since"
    renewed = Connection(account_id=ACCOUNT, created_at=now - timedelta(days=2), external_id_created_at=now)
    assert verdict(denied, renewed).code == "trust.denied_after_renewal"


@pytest.mark.django_db
@pytest.mark.parametrize("outcomes", [(ALLOWED, UNKNOWN, REFUSED), (ALLOWED, REFUSED, UNKNOWN), (UNKNOWN,) * 3])
@pytest.mark.parametrize("state", [ConnectionState.VERIFIED, ConnectionState.DEGRADED])
def test_an_answer_that_did_not_come_leaves_a_connection_as_it_was(
    state: str, outcomes: tuple[Outcome, Outcome, Outcome]
) -> None:
    connection = verified_connection(Tenant.objects.create(slug="northwind", name="Northwind"), state=state)
    verified_at, since = connection.verified_at, connection.state_since
    kept = keep_report(connection, ROLE, report(*outcomes), "a test", timezone.now(), quietly=True)
    kept.refresh_from_db()
    assert (kept.state, kept.verified_at, kept.state_since) == (state, verified_at, since)
    assert kept.verdict.code == NO_ANSWER


@pytest.mark.django_db
def test_a_role_that_lets_anyone_in_degrades_a_connection_with_one_audit_event() -> None:
    connection = verified_connection(Tenant.objects.create(slug="northwind", name="Northwind"))
    for _ in range(2):
        keep_report(connection, ROLE, report(ALLOWED, REFUSED, ALLOWED), "a test", timezone.now(), quietly=True)
    connection.refresh_from_db()
    assert (connection.state, connection.verdict.code) == (ConnectionState.DEGRADED, UNSAFE)
    assert [event.action for event in AuditEvent.objects.all()] == ["onboarding:connection:degraded"]


@pytest.mark.django_db
def test_the_result_of_a_test_that_began_earlier_replaces_no_later_one() -> None:
    connection = verified_connection(Tenant.objects.create(slug="northwind", name="Northwind"))
    late, began = Connection.objects.get(pk=connection.pk), timezone.now()
    keep_report(connection, ROLE, report(REFUSED, REFUSED, REFUSED), "a test", timezone.now(), quietly=True)
    kept = keep_report(late, ROLE, report(ALLOWED, REFUSED, REFUSED), "a test", began, quietly=True)
    assert (kept.state, kept.verdict.code) == (ConnectionState.DEGRADED, "trust.denied_since")
    kept.refresh_from_db()
    assert (kept.state, kept.checked_at) == (ConnectionState.DEGRADED, connection.checked_at)


@pytest.mark.django_db
@pytest.mark.parametrize(("outcome", "state"), [(UNKNOWN, "refused"), (REFUSED, "verified")])
def test_a_connection_is_first_verified_by_three_answers(outcome: Outcome, state: str) -> None:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind")
    connection = verified_connection(tenant, state=ConnectionState.DRAFT, verified_at=None, trust_report={})
    keep_report(connection, ROLE, report(ALLOWED, REFUSED, outcome), "a test", timezone.now(), quietly=False)
    assert connection.state == state
    assert (connection.verified_at is not None) is (outcome is REFUSED)
