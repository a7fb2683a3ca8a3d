"""An audit event is a hint to the open pages of its tenant, once it is committed."""

import pytest
from django.db import transaction
from redis import Redis

from portal.tenancy import audit
from portal.tenancy.models import Tenant

pytestmark = pytest.mark.django_db(transaction=True)


def hints(redis_url: str) -> set[bytes]:
    return set(Redis.from_url(redis_url).keys("last:tenant:*"))


def test_an_event_of_a_tenant_reaches_its_pages_at_the_commit(clean_redis: str) -> None:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind")
    with transaction.atomic():
        audit.record("onboarding:credential:fetched", tenant=tenant, actor="ada")
        assert hints(clean_redis) == set()
    assert hints(clean_redis) == {b"last:tenant:northwind:changed"}


def test_an_event_that_is_rolled_back_or_of_no_tenant_reaches_no_page(clean_redis: str) -> None:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind")
    with transaction.atomic():
        audit.record("onboarding:credential:fetched", tenant=tenant, actor="ada")
        transaction.set_rollback(True)
    audit.record("onboarding:connection:held-twice", tenant=None, actor="connections")
    assert hints(clean_redis) == set()
