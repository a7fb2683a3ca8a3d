"""How a person sees records: in the clear with the right to read values, else with their values masked."""

from enum import StrEnum

from portal.tenancy.access import has_right
from portal.tenancy.models import Tenant, User
from portal.tenancy.rights import Right


class Audience(StrEnum):
    """The two ways in which records are shown."""

    CLEAR = "clear"
    MASKED = "masked"


def audience_of(user: User, tenant: Tenant) -> Audience:
    """Return how the person sees records of the tenant."""
    return Audience.CLEAR if has_right(user, tenant, Right.READ_VALUES) else Audience.MASKED
