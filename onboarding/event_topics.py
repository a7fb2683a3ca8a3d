"""Who may watch the live updates of a run and of a tenant: those who may open their pages."""

from onboarding.models.run import Run
from portal import event_access
from portal.tenancy.access import has_right
from portal.tenancy.models import Tenant, User
from portal.tenancy.rights import Right


def register() -> None:
    """Register the topics `run:<id>` and `tenant:<slug>`."""
    event_access.register("run", form=r"\d{1,18}", rule=_may_watch_run)
    event_access.register("tenant", form=r"[\w-]+", rule=_may_watch_tenant)


def _may_watch_run(user: User, pk: str) -> Tenant | bool:
    run = Run.objects.select_related("integration__tenant").filter(pk=int(pk)).first()
    return run.integration.tenant if run is not None and has_right(user, run.integration.tenant, Right.VIEW) else False


def _may_watch_tenant(user: User, slug: str) -> Tenant | bool:
    tenant = Tenant.objects.filter(slug=slug).first()
    return tenant if tenant is not None and has_right(user, tenant, Right.VIEW) else False
