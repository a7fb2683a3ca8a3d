"""The first record that Sluice did not put itself is noticed once, and everyone is notified."""

from datetime import timedelta

import pytest

from monitoring.collection.collector import store_assessment
from monitoring.models import StreamHealth
from monitoring.series import StreamSeries
from monitoring.watched_streams import watched_stream
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from portal.outbox.models import OutboxItem
from portal.tenancy.models import TenantRole
from tests.monitoring.conftest import NOW
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
MINUTE = timedelta(minutes=1)
END = NOW.replace(second=0)


def collect(integration: Integration, *minutes_ago: int) -> None:
    """One collection that finds records in these minutes."""
    points = tuple((END - minute * MINUTE, 1.0) for minute in sorted(minutes_ago, reverse=True))
    stream = watched_stream(integration.uid)
    assert stream is not None
    store_assessment(stream, StreamSeries(END - 180 * MINUTE, END, {"records": points}), NOW)


def ran(integration: Integration, minutes_ago: float, state: RunState = RunState.DONE) -> Run:
    finished_at = END - minutes_ago * MINUTE if state.is_over else None
    return Run.objects.create(integration=integration, state=state, spec=integration.spec, finished_at=finished_at)


@pytest.fixture
def people(integration: Integration) -> None:
    person("ada@north.example", integration.tenant)
    person("vic@north.example", integration.tenant, TenantRole.VIEWER)


def written() -> list[str]:
    return sorted(OutboxItem.objects.values_list("recipient__email", flat=True))


@pytest.mark.usefixtures("people")
def test_the_first_record_is_reported_once(integration: Integration) -> None:
    ran(integration, 10.5)
    collect(integration)
    assert written() == []
    for _ in range(2):
        collect(integration, 3, 2)
    assert {"ada@north.example", "vic@north.example"} <= set(written())
    assert len(written()) == len(set(written()))
    assert StreamHealth.objects.get().first_record_at == END - 3 * MINUTE
    item = OutboxItem.objects.first()
    assert (item.kind, item.path) == ("first_record", f"/t/{integration.tenant.slug}/streams/{integration.uid}/")


@pytest.mark.usefixtures("people")
def test_the_record_that_tests_the_key_is_not_the_first(integration: Integration) -> None:
    ran(integration, 10.5)
    collect(integration, 12, 11)
    assert (written(), StreamHealth.objects.get().first_record_at) == ([], None)
    again = ran(integration, 0, RunState.RUNNING)
    collect(integration, 11, 2)
    assert written() == [], "a run is at work: the record may be its own"
    Run.objects.filter(pk=again.pk).update(state=RunState.DONE, finished_at=END - 1.5 * MINUTE)
    collect(integration, 11, 2)
    assert written() == []
    collect(integration, 11, 2, 1)
    assert written()


@pytest.mark.usefixtures("people")
def test_without_a_run_every_record_is_someone_elses(integration: Integration) -> None:
    collect(integration, 100)
    assert written()
