"""The status of connections and integrations: one answer for every page."""

from datetime import timedelta

import pytest

from onboarding.account_state.connection_status import connection_status
from onboarding.account_state.integration_status import integration_status
from onboarding.account_state.values import UnknownSince
from onboarding.models.connection import Connection
from onboarding.models.states import ConnectionState, IntegrationState, Look
from portal.messages.message import Message
from tests.onboarding.account_state.settings import SEEN_AT, live

DENIED = {"right": "refused", "detail": "is not authorized to perform: sts:AssumeRole"}


def connection(**fields: object) -> Connection:
    return Connection(state_since=SEEN_AT, checked_at=SEEN_AT, **fields)


def test_a_degraded_connection_says_since_when_and_why() -> None:
    found = connection_status(connection(state="degraded", report=DENIED, verdict=Message("trust.denied_since")))
    assert (found.label, found.look, found.since, found.seen_at) == ("Degraded", Look.ATTENTION, SEEN_AT, SEEN_AT)
    assert (found.reason, found.aws_text) == (Message("trust.denied_since"), DENIED["detail"])
    assert (found.is_degraded, found.unknown_since) == (True, UnknownSince(SEEN_AT))


def test_a_verified_connection_leaves_nothing_unknown() -> None:
    found = connection_status(connection(state="verified"))
    assert (found.is_verified, found.unknown_since) == (True, None)


def test_a_first_denial_is_propagating_for_a_while() -> None:
    fresh = connection(state="refused", report=DENIED, first_tried_at=SEEN_AT)
    assert connection_status(fresh, now=SEEN_AT + timedelta(seconds=30)).state is ConnectionState.PROPAGATING
    assert connection_status(fresh, now=SEEN_AT + timedelta(seconds=130)).state is ConnectionState.REFUSED


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
