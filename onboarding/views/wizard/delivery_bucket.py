"""Whether AWS has the bucket of a delivery already, checked once for each bucket of a draft."""

from typing import Any

from django.contrib import messages

from onboarding.drafts import codec
from onboarding.models.integration import Integration
from onboarding.wizard import aws_checks, page_status, pages
from portal.aws.errors import AwsFault
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message
from portal.tenancy.access import TenantRequest


def bucket_conflict(
    request: TenantRequest, integration: Integration, key: str, values: dict[str, Any]
) -> dict[str, Any]:
    """Return why a bucket's name cannot be used, by its field; a check that AWS denies is shown as a notice."""
    if page_status.status_of(integration, "connect").state != "done" or _is_checked(integration, key, values):
        return {}
    try:
        conflict = aws_checks.bucket_conflict(integration=integration, values=values)
    except AwsFault as fault:
        name = str(values.get("bucket", ""))
        not_checked = Message("wizard.name_not_checked", name=name, reason=fault.message)
        messages.warning(request, explanation_of(not_checked))
        return {}
    return {"bucket": conflict.as_json()} if conflict else {}


def _is_checked(integration: Integration, key: str, values: dict[str, Any]) -> bool:
    # Several deliveries may share a bucket; one check of it is enough.
    others = (item for other, item in codec.deliveries_of(integration.draft).items() if other != key)
    return any(
        item.get(pages.SUBMITTED)
        and not item.get(pages.REFUSED)
        and all(item.get(name) == values.get(name) for name in ("bucket", "bucket_mode"))
        for item in others
    )
