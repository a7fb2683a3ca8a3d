"""The receipt of a device's package: who downloaded it, when, and from where."""

from onboarding.models.thing import Thing, ThingDownload
from onboarding.service_guards import Actor, record
from portal import deadlocks, request_context


@deadlocks.atomic
def record_download(*, thing: Thing, actor: Actor) -> ThingDownload:
    """Record that a package was downloaded completely."""
    receipt = ThingDownload.objects.create(thing=thing, actor=str(actor), address=request_context.origin().address)
    integration = thing.integration
    record("thing:fetched", integration.tenant, actor, thing.name, about=thing, integration=integration.uid)
    return receipt
