"""Rows are locked in one way and in one order, and never during a call to AWS."""

import ast

import boto3
import pytest
from django.db import transaction

from tests import row_lock_guard
from tests.architecture.tree import CODE, ROOT, modules

# Where a row is locked; everything else calls these.
ALLOWED = {
    "onboarding/row_locks.py",
    "monitoring/collection/collector.py",  # one row, and no other
    "monitoring/alerts/alert_rows.py",  # one alert at a time, after the integration, if that is locked at all
    "monitoring/read_audit/notes.py",  # the row of one viewing session, and no other
    "onboarding/provisioning/claims.py",
    "onboarding/provisioning/leases.py",  # those that are free: none is waited for
    "onboarding/things/turn.py",  # the claim, then its things
    "onboarding/connections/external_ids.py",
    "onboarding/connections/trust_outcome.py",
    "portal/outbox/claims.py",
    "portal/outbox/retention.py",
    "portal/tenancy/services.py",  # the tenant, a person
    "portal/tenancy/expiring_links.py",
    "portal/secret_store/rotation.py",  # one row at a time, and no other
    "portal/accounts/second_factors.py",  # the rows of one person, and no other
}


def locks_in(text: str) -> list[set[str]]:
    """The keyword arguments of each select_for_update."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    found = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "select_for_update"]
    return [{ast.unparse(keyword) for keyword in call.keywords} for call in found]


def test_only_the_row_itself_is_locked_and_not_its_key() -> None:
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in modules(*CODE)}
    found = {name: locks for name, text in texts.items() if "select_for_update" in text and (locks := locks_in(text))}
    assert set(found) == ALLOWED
    for name, locks in found.items():
        assert all({"of=('self',)", "no_key=True"} <= lock for lock in locks), name


def test_a_lock_that_reaches_further_would_be_found() -> None:
    assert locks_in("Run.objects.select_for_update().select_related('integration').get()") == [set()]


@pytest.mark.django_db
def test_a_call_to_aws_inside_a_transaction_fails() -> None:
    sts = boto3.client("sts")
    assert not row_lock_guard.is_in_transaction()
    with transaction.atomic(), pytest.raises(AssertionError, match="GetCallerIdentity was called inside"):
        sts.get_caller_identity()
