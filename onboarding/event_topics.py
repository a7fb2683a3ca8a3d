"""Who may watch the live updates of a run: those who may open its page."""

from onboarding.models.run import Run
from portal import event_access
from portal.tenancy.access import may_view
from portal.tenancy.models import User


def register() -> None:
    """Register the topic `run:<id>`."""
    event_access.register("run", form=r"\d{1,18}", rule=_may_watch_run)


def _may_watch_run(user: User, pk: str) -> bool:
    run = Run.objects.select_related("integration__tenant").filter(pk=int(pk)).first()
    return run is not None and may_view(user, run.integration.tenant)
