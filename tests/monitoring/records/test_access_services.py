"""What a tenant decides about its records: stored once, with its history, and garbage refused."""

import pytest
from django.core.exceptions import ValidationError

from monitoring.models import RecordAccess
from monitoring.records.access_changes import last_change
from monitoring.records.access_services import allow_fields, stored_access, withhold_rights
from monitoring.records.allowed_fields import allowed_fields
from monitoring.records.field_paths import LONGEST_TEXT, PARTITION_KEY
from portal import database_scope, live
from portal.tenancy.access import has_right
from portal.tenancy.models import AuditEvent, Tenant, TenantRole, User
from portal.tenancy.rights import Right
from tests.monitoring.conftest import person

pytestmark = pytest.mark.django_db
WITHHELD = "viewer:download_records"


def allow(tenant: Tenant, actor: User, text: str, *, key: bool = False) -> RecordAccess:
    return allow_fields(tenant=tenant, text=text, shows_partition_key=key, actor=actor)


def test_without_a_row_nothing_is_allowed(northwind: Tenant) -> None:
    assert allowed_fields(northwind.pk) == frozenset()
    assert stored_access(northwind).pk is None


def test_what_was_allowed_and_masked_is_in_activity(northwind: Tenant, admin: User) -> None:
    allow(northwind, admin, "b\na", key=True)
    allow(northwind, admin, "a\nb", key=True)  # the same
    allow(northwind, admin, "b\nc.d")
    assert allowed_fields(northwind.pk) == {"b", "c.d"}
    events = AuditEvent.objects.filter(action="monitoring:allowed-fields:changed").order_by("pk")
    assert [event.details for event in events] == [
        {"allowed": ["a", "b"], "masked": [], "partition_key": "shown"},
        {"allowed": ["c.d"], "masked": ["a"], "partition_key": "masked"},
    ]


def test_the_partition_key_is_no_field(northwind: Tenant, admin: User) -> None:
    allow(northwind, admin, "partition_key", key=False)
    assert PARTITION_KEY not in allowed_fields(northwind.pk)
    allow(northwind, admin, "", key=True)
    assert allowed_fields(northwind.pk) == {PARTITION_KEY}


@pytest.mark.parametrize("text", ["a..b", "x" * (LONGEST_TEXT + 1), "\n".join(map(str, range(101)))])
def test_garbage_changes_nothing(northwind: Tenant, admin: User, text: str) -> None:
    allow(northwind, admin, "kept")
    with pytest.raises(ValidationError) as refused:
        allow(northwind, admin, text)
    assert list(refused.value.message_dict) == ["paths"]
    assert allowed_fields(northwind.pk) == {"kept"}


def test_another_tenants_list_is_not_found(northwind: Tenant, admin: User, outsider: User) -> None:
    allow(northwind, admin, "a")
    with database_scope.of_tenant(outsider.memberships.get().tenant_id):
        assert allowed_fields(northwind.pk) == frozenset()


def test_a_withheld_right_is_gone_at_once_and_comes_back(northwind: Tenant, admin: User) -> None:
    viewer = person("viewer", northwind, TenantRole.VIEWER)
    withhold_rights(tenant=northwind, withheld=[WITHHELD, "viewer:view", "garbage"], actor=admin)
    northwind.refresh_from_db()
    assert northwind.withheld_rights == [WITHHELD]
    assert not has_right(viewer, northwind, Right.DOWNLOAD_RECORDS)
    assert has_right(viewer, northwind, Right.VIEW)
    assert has_right(admin, northwind, Right.DOWNLOAD_RECORDS)
    withhold_rights(tenant=northwind, withheld=[], actor=admin)
    withhold_rights(tenant=northwind, withheld=[], actor=admin)
    northwind.refresh_from_db()
    assert has_right(viewer, northwind, Right.DOWNLOAD_RECORDS)
    events = AuditEvent.objects.filter(action="monitoring:withheld-rights:changed").order_by("pk")
    assert [event.details["withheld"] for event in events] == [[WITHHELD], []]


@pytest.mark.usefixtures("clean_redis")
def test_a_change_of_fields_is_reported_to_taps(
    northwind: Tenant, admin: User, django_capture_on_commit_callbacks
) -> None:
    found = [last_change(live.connect(), "northwind")]
    for text in ("unit", "unit", "zone"):
        with django_capture_on_commit_callbacks(execute=True):
            allow(northwind, admin, text)
        found.append(last_change(live.connect(), "northwind"))
    assert found[0] == ""
    assert found[1]
    assert found[1] == found[2], "nothing changed"
    assert found[3] != found[2]
