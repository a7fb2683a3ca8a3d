"""What a self-run integration's plan had before and has no more: its owner's files remove nothing."""

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.kinds import read
from onboarding.models.integration import Integration
from onboarding.spec import integration_spec as specs
from portal.tenancy.models import AuditEvent

BEGUN = "onboarding:self-run:begun"


def dropped(integration: Integration) -> list[Delivery]:
    """Return the deliveries of earlier plans that are not in the plan any more: what was made of them may be there.

    Every plan that was kept stands in the audit trail. One that goes to another bucket now counts as dropped.
    """
    kept = {(one.name, one.bucket) for one in specs.from_row(integration.spec).deliveries}
    events = AuditEvent.objects.filter(tenant=integration.tenant, action=BEGUN, details__integration=integration.uid)
    earlier = [read(one) for event in events.order_by("pk") for one in event.details.get("deliveries", [])]
    return list({(one.name, one.bucket): one for one in earlier if (one.name, one.bucket) not in kept}.values())
