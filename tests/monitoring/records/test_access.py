import pytest

from monitoring.records.access import Audience, audience_of
from portal.tenancy.models import Tenant, TenantRole, User
from tests.monitoring.conftest import person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", TenantRole)
def test_members_of_the_tenant_see_records_in_the_clear(northwind: Tenant, role: TenantRole) -> None:
    assert audience_of(person("ada", northwind, role), northwind) is Audience.CLEAR


def test_everyone_else_sees_them_masked(northwind: Tenant, operator: User, outsider: User) -> None:
    assert audience_of(operator, northwind) is Audience.MASKED
    assert audience_of(outsider, northwind) is Audience.MASKED
