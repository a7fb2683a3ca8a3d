"""What every service does first and last: may this tenant act, and the audit event of what was done."""

from typing import Any

from django.core.exceptions import ValidationError

from portal.tenancy import audit
from portal.tenancy.models import Tenant, User

Actor = User | str


def may_act(tenant: Tenant) -> None:
    """Raise ValidationError when the tenant is suspended."""
    if tenant.is_suspended:
        raise ValidationError("This tenant is suspended: it keeps its data and can look, but nothing can be changed.")


def record(action: str, tenant: Tenant, actor: Actor, target: str, **details: Any) -> None:
    """Leave an audit event of onboarding."""
    audit.record(f"onboarding:{action}", tenant=tenant, actor=actor, target=target, details=details)
