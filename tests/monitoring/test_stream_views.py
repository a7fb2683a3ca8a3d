"""Filters and columns of a stream that are saved under a name: whose they are, how many, which one is the default."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from monitoring import stream_views
from monitoring.models import RecordAccess, StreamView
from monitoring.records.access import Audience
from monitoring.records.selection import Selection
from onboarding.models.integration import Integration
from portal import database_scope
from portal.tenancy.models import Tenant, TenantRole, User
from tests.markup import on_one_line
from tests.monitoring.conftest import live_integration, person

pytestmark = pytest.mark.django_db
NORTH = Selection('zone = "north"', "zone,celsius")


@pytest.fixture(autouse=True)
def empty_redis(clean_redis: str) -> None:
    """Pages request a collection through it."""


@pytest.fixture
def viewer(northwind: Tenant) -> User:
    return person("viewer", northwind, TenantRole.VIEWER)


def save(
    integration: Integration, actor: User, name: str = "North", selection: Selection = NORTH, **more: bool
) -> bool:
    _, is_replaced = stream_views.save(
        integration_id=integration.pk, actor=actor, name=name, selection=selection, **more
    )
    return is_replaced


def names(integration: Integration, actor: User, audience: Audience = Audience.CLEAR, *allowed: str) -> list[str]:
    return [view.name for view in stream_views.usable(integration.pk, actor, audience, allowed)]


def default(integration: Integration, actor: User) -> str:
    found = stream_views.default_in(stream_views.usable(integration.pk, actor, Audience.CLEAR, ()))
    return found.name if found else ""


def test_views_are_a_persons_or_everyones_and_saving_again_replaces(
    integration: Integration, admin: User, viewer: User
) -> None:
    assert not save(integration, admin, "Own")
    assert not save(integration, admin, "Shared", is_shared=True)
    assert names(integration, admin) == ["Own", "Shared"]
    assert names(integration, viewer) == ["Shared"]
    assert save(integration, admin, " Own ", Selection("n = 1"))
    assert [view.wanted for view in StreamView.objects.filter(name="Own")] == ["n = 1"]
    assert not save(integration, viewer, "Shared"), "their own, beside that of everyone"
    assert stream_views.remove(integration_id=integration.pk, actor=viewer, name="Shared")
    assert not stream_views.remove(integration_id=integration.pk, actor=viewer, name="Own")
    assert names(integration, admin) == ["Own", "Shared"]


def test_one_is_the_default_and_ones_own_comes_first(integration: Integration, admin: User, viewer: User) -> None:
    save(integration, admin, "A", is_shared=True, is_default=True)
    save(integration, admin, "B", is_shared=True, is_default=True)
    assert (default(integration, admin), default(integration, viewer)) == ("B", "B")
    save(integration, viewer, "C", is_default=True)
    assert (default(integration, admin), default(integration, viewer)) == ("B", "C")
    asked = {"integration_id": integration.pk, "actor": viewer}
    assert stream_views.choose_default(name="", **asked)
    assert default(integration, viewer) == "B"
    stream_views.choose_default(name="C", **asked)
    assert not stream_views.choose_default(name="nothing", **asked)
    assert default(integration, viewer) == "C"
    assert StreamView.objects.filter(is_default=True).count() == 2


def test_there_are_at_most_twenty_and_a_name_must_be_readable(integration: Integration, admin: User) -> None:
    for number in range(stream_views.MOST):
        save(integration, admin, f"view {number}")
    with pytest.raises(ValidationError) as refused:
        save(integration, admin, "one more")
    assert refused.value.code == "records.too_many_views"
    assert save(integration, admin, "view 3")
    assert not save(integration, admin, "one more", is_shared=True)
    with pytest.raises(ValidationError):
        save(integration, admin, "\0")


def test_who_sees_records_masked_is_shown_no_filter_and_no_name_that_is_masked(
    integration: Integration, admin: User, operator: User
) -> None:
    save(integration, admin, "badge", Selection("badge = 4711"), is_shared=True)
    save(integration, admin, "column", Selection("", "badge"), is_shared=True)
    save(integration, admin, "free", Selection("unit = 'C'", "unit,@size"), is_shared=True)
    assert names(integration, operator, Audience.MASKED, "unit") == ["free"]
    assert names(integration, operator, Audience.MASKED) == []
    assert names(integration, admin) == ["badge", "column", "free"]


def test_another_tenant_finds_none(integration: Integration, admin: User, outsider: User) -> None:
    save(integration, admin, is_shared=True)
    theirs = outsider.memberships.get().tenant
    with database_scope.of_tenant(theirs.pk):
        assert not StreamView.objects.exists()
    live_integration(theirs)
    url = reverse("stream_views", kwargs={"slug": theirs.slug, "uid": integration.uid})
    client = Client()
    client.force_login(outsider)
    assert client.get(url).status_code == 404
    assert client.post(url, {"do": "remove", "name": "North"}).status_code == 404
    assert StreamView.objects.count() == 1


def url_of(name: str, integration: Integration) -> str:
    return reverse(name, kwargs={"slug": integration.tenant.slug, "uid": integration.uid})


def get(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return on_one_line(answer.content.decode())


def test_a_view_is_saved_on_its_page_used_as_the_default_and_cleared_with_one_link(
    client: Client, integration: Integration, admin: User
) -> None:
    client.force_login(admin)
    form = {"do": "save", "name": "North", "filter": NORTH.wanted, "columns": " zone, celsius", "is_default": "1"}
    page = client.post(url_of("stream_views", integration), form, follow=True).content.decode()
    assert "Saved the view “North”." in page
    assert "Replaced the view" in client.post(url_of("stream_views", integration), form, follow=True).content.decode()
    assert StreamView.objects.get().columns == "zone,celsius"
    for name in ("stream", "records"):
        page = get(client, url_of(name, integration))
        assert "The default view" in page
        assert 'value="zone = &quot;north&quot;"' in page
        assert 'href="?filter=' in page
        page = get(client, url_of(name, integration) + "?filter=")
        assert "The default view" not in page
        assert 'value="zone = &quot;north&quot;"' not in page
        assert ">North</a>" in page
    part = get(client, url_of("stream", integration) + "?part=counts")
    assert "Searching" not in part, "a part is of the page that has its filter in the address"
    page = client.post(url_of("stream_views", integration), {"do": "default", "for": "me"}, follow=True)
    assert "There is no default any more." in page.content.decode()
    assert "The default view" not in get(client, url_of("stream", integration))


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({"name": "a", "filter": "zone = north"}, "The filter, at character 8"),
        ({"name": "a", "filter": "x" * 600}, "at most 500 characters"),
        ({"name": "a", "columns": "a b"}, "The columns, at character 3"),
        ({"name": "", "filter": "n = 1"}, "Enter a name for the view."),
        ({"name": "a", "filter": "n = \x1b"}, "The character"),
    ],
)
def test_what_cannot_be_saved_is_explained_and_kept(
    client: Client, integration: Integration, admin: User, sent: dict[str, str], text: str
) -> None:
    client.force_login(admin)
    answer = client.post(url_of("stream_views", integration), {"do": "save", **sent})
    assert answer.status_code == 422
    assert text in on_one_line(answer.content.decode())
    assert not StreamView.objects.exists()


def test_only_who_sets_up_streams_saves_for_everyone_and_staff_save_no_value_that_is_masked(
    client: Client, integration: Integration, viewer: User, operator: User
) -> None:
    form = {"do": "save", "name": "a", "filter": "badge = 4711"}
    client.force_login(viewer)
    assert client.post(url_of("stream_views", integration), {**form, "for": "everyone"}).status_code == 403
    assert client.post(url_of("stream_views", integration), form).status_code == 302
    client.force_login(operator)
    assert client.post(url_of("stream_views", integration), form).status_code == 422
    RecordAccess.objects.create(tenant=integration.tenant, fields=["badge"])
    assert client.post(url_of("stream_views", integration), form).status_code == 302
    assert StreamView.objects.filter(person=operator).exists()


def test_a_view_that_someone_may_not_change_leads_to_the_history_too(
    client: Client, integration: Integration, admin: User, viewer: User
) -> None:
    save(integration, admin, is_shared=True)
    client.force_login(viewer)
    page = get(client, url_of("stream_views", integration))
    assert ">Search history</a>" in page
    assert 'value="remove"' not in page
