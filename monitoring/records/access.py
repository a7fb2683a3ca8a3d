"""Who may open a record: members of the tenant see it in the clear, everyone else with its values masked."""

from enum import StrEnum

from portal.tenancy.access import role_in
from portal.tenancy.models import Tenant, User


class Audience(StrEnum):
    """The two ways in which records are shown."""

    CLEAR = "clear"
    MASKED = "masked"


def audience_of(user: User, tenant: Tenant) -> Audience:
    """Return how the person sees records of the tenant."""
    return Audience.CLEAR if role_in(user, tenant) is not None else Audience.MASKED
