"""The status of connections and integrations: one answer for every page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.account_state.connection_status import connection_status
from onboarding.account_state.integration_status import integration_status, last_seen_at
from onboarding.account_state.values import UnknownSince
from onboarding.models.connection import Connection
from onboarding.models.states import ConnectionState, IntegrationState, Look
from portal.messages.message import Message
from tests.onboarding.account_state.settings import SEEN_AT, live, saw

DENIED = {"right": "refused", "detail": "is not authorized to perform: sts:AssumeRole"}


def connection(**fields: object) -> Connection:
    return Connection(state_since=SEEN_AT, checked_at=SEEN_AT, **fields)


def test_a_degraded_connection_says_since_when_and_why() -> None:
    found = connection_status(connection(state="degraded", trust_report=DENIED, verdict=Message("trust.denied_since")))
    assert (found.label, found.look, found.since, found.seen_at) == ("Degraded", Look.ATTENTION, SEEN_AT, SEEN_AT)
    assert (found.reason, found.aws_text) == (Message("trust.denied_since"), DENIED["detail"])
    assert (found.is_degraded, found.unknown_since) == (True, UnknownSince(SEEN_AT))


def test_a_verified_connection_leaves_nothing_unknown() -> None:
    found = connection_status(connection(state="verified"))
    assert (found.is_verified, found.unknown_since) == (True, None)


def test_a_first_denial_is_propagating_for_a_while() -> None:
    fresh = connection(state="refused", trust_report=DENIED, first_tried_at=SEEN_AT)
    assert connection_status(fresh, now=SEEN_AT + timedelta(seconds=30)).state is ConnectionState.PROPAGATING
    assert connection_status(fresh, now=SEEN_AT + timedelta(seconds=130)).state is ConnectionState.REFUSED


def test_a_verified_connection_is_unknown_after_three_intervals_without_a_test(settings) -> None:
    settings.SLUICE_RECHECK_SECONDS = 3600
    row = connection(state="verified")
    before = connection_status(row, now=SEEN_AT + timedelta(hours=2.9))
    after = connection_status(row, now=SEEN_AT + timedelta(hours=3.1))
    assert (before.is_expired, after.is_expired) == (False, True)
    assert after.expires_at == SEEN_AT + timedelta(hours=3)


def test_a_verification_under_way_is_unknown_when_the_role_is_not_tested_again() -> None:
    row, now = connection(state="refused", trust_report=DENIED, first_tried_at=SEEN_AT), SEEN_AT + timedelta(seconds=31)
    found = connection_status(row, now=now)
    assert (found.is_propagating, found.expires_at) == (True, SEEN_AT + timedelta(seconds=30))
    assert found.is_expired


@pytest.mark.parametrize("state", ["draft", "refused", "degraded", "no_access"])
def test_what_needs_no_test_to_stay_true_does_not_expire(state: str) -> None:
    assert connection_status(connection(state=state)).expires_at is None


@pytest.mark.django_db
def test_an_integration_expires_with_its_connection_and_says_when_it_was_seen() -> None:
    integration = saw(live())
    integration.connection.checked_at = SEEN_AT
    found = integration_status(integration)
    assert (found.seen_at, found.is_expired) == (SEEN_AT, timezone.now() > SEEN_AT + timedelta(hours=3))
    assert last_seen_at(integration) == SEEN_AT
    integration.drift_checked_at = SEEN_AT + timedelta(minutes=5)
    assert last_seen_at(integration) == integration.drift_checked_at
    integration.drift_problem = Message("trust.denied_since")
    assert last_seen_at(integration) == SEEN_AT


@pytest.mark.django_db
def test_an_integration_in_an_account_without_access_is_not_live() -> None:
    integration = live()
    assert (integration_status(integration).label, integration_status(integration).look) == ("Live", Look.HEALTHY)
    integration.connection.state = "degraded"
    found = integration_status(integration)
    assert (found.label, found.look, found.unknown_since) == (
        "Connection degraded",
        Look.FAILING,
        UnknownSince(SEEN_AT),
    )


@pytest.mark.django_db
def test_what_is_not_there_does_not_depend_on_access() -> None:
    integration = live()
    integration.connection.state = "degraded"
    for state in (IntegrationState.DRAFT, IntegrationState.REMOVED, IntegrationState.SELF_MANAGED):
        integration.state = state
        assert integration_status(integration).unknown_since is None
