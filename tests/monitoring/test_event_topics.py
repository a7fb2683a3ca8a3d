import pytest

from monitoring.record_access_model import RecordAccess
from monitoring.records.access import Audience
from monitoring.records.selection import Selection, remember
from onboarding.models.integration import Integration
from portal.event_access import REGISTERED, is_topic
from portal.tenancy.models import Tenant, TenantRole, User
from tests.monitoring.conftest import person


def may(user: User, topic: str) -> bool:
    kind, *parts = topic.split(":")
    return is_topic(topic) and REGISTERED[kind].rule(user, *parts)


@pytest.mark.parametrize(
    ("topic", "is_one"),
    [
        ("board:all", True),
        ("board:northwind", True),
        ("stream:0a1b2c:clear", True),
        ("stream:0a1b2c:masked", True),
        ("stream:0a1b2c:CLEAR", False),
        ("stream:0a1b2c", False),
        ("stream:0a1b2c:clear:more", False),
        ("stream:../x:clear", False),
        ("stream::clear", False),
        ("board:", False),
        ("board:a b", False),
        ("boards:all", False),
    ],
)
def test_only_these_forms_are_topics(topic: str, is_one: bool) -> None:
    assert is_topic(topic) is is_one


@pytest.mark.django_db
def test_staff_watch_the_board_of_all_and_masked_records(operator: User, integration: Integration) -> None:
    assert may(operator, "board:all")
    assert may(operator, f"board:{integration.tenant.slug}")
    assert may(operator, f"stream:{integration.uid}:{Audience.MASKED}")
    assert not may(operator, f"stream:{integration.uid}:{Audience.CLEAR}")


@pytest.mark.django_db
@pytest.mark.parametrize("role", TenantRole)
def test_members_watch_their_own_streams_in_the_clear(
    northwind: Tenant, integration: Integration, role: TenantRole
) -> None:
    member = person("ada", northwind, role)
    assert may(member, f"stream:{integration.uid}:{Audience.CLEAR}")
    assert may(member, f"board:{northwind.slug}")
    assert not may(member, "board:all")


@pytest.mark.django_db
def test_everyone_else_watches_nothing(outsider: User, integration: Integration) -> None:
    topics = [f"stream:{integration.uid}:{audience}" for audience in Audience]
    assert not any(may(outsider, topic) for topic in [*topics, f"board:{integration.tenant.slug}", "board:all"])


@pytest.mark.django_db
def test_what_does_not_exist_cannot_be_watched(operator: User) -> None:
    assert not may(operator, "stream:0000:masked")
    assert not may(operator, "board:no-such-tenant")


@pytest.mark.django_db
@pytest.mark.usefixtures("clean_redis")
def test_a_filter_is_watched_by_those_who_may_use_it_now(
    operator: User, admin: User, outsider: User, integration: Integration
) -> None:
    key = remember(integration.uid, Selection("unit = 'C'"))
    clear, masked = (f"stream:{integration.uid}:{audience}:{key}" for audience in Audience)
    assert [may(person, clear) is not False for person in (admin, operator, outsider)] == [True, False, False]
    assert not may(operator, masked)
    access = RecordAccess.objects.create(tenant=integration.tenant, fields=["unit"])
    assert may(operator, masked)
    access.delete()
    assert not may(operator, masked), "its event stream ends at the next check"
    assert not may(admin, f"stream:{integration.uid}:clear:{'0' * 16}"), "no one uses such a filter"
    assert not is_topic(f"{clear}0")
