"""The page of the stream, when AWS says that a stream of this name exists: what it is, and a tick to adopt it."""

from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _

from onboarding.drafts import codec
from onboarding.integrations import adoption
from onboarding.integrations.existing_stream import ExistingStream
from onboarding.models.integration import Integration
from onboarding.wizard import aws_checks, page_status, pages
from portal.aws.errors import AwsFault
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message
from portal.tenancy.access import TenantRequest

Values = dict[str, Any]


def answered(request: TenantRequest, integration: Integration, values: Values) -> Values:
    """Ask AWS about the name, and return what its answer changes of the page's values: what is refused, what was found,
    and, of a stream that was ticked just now, its settings in place of what was typed.

    A fault of AWS is shown and changes nothing, except that what is not known to exist cannot be adopted.
    """
    if page_status.status_of(integration, "connect").state != "done":
        return {}
    try:
        found = aws_checks.stream_found(integration, values)
    except AwsFault as fault:
        return _not_checked(request, integration, values, fault)
    if found is None:
        return _absent(integration, values)
    if found.is_ours and not values.get("adopt"):
        return {}
    seen = {pages.FOUND: found.as_dict()}
    if found.obstacle:
        return {**seen, "adopt": "", **_refused(found.obstacle)}
    if values.get("adopt") != found.identity:
        exists = Message("wizard.stream_exists", stream=found.stream.name, region=found.stream.region)
        return {**seen, "adopt": "", **_refused(exists)}
    if is_confirmed(integration, found):
        return seen
    adoption.confirm(integration=integration, found=found, actor=request.user)
    shown = _(
        "The page now shows the settings of %(name)s. Settings that you do not edit stay unchanged. Edits are listed "
        "on the review page first."
    )
    messages.info(request, shown % {"name": found.stream.name})
    return {**seen, **found.form_values()}


def is_confirmed(integration: Integration, found: ExistingStream) -> bool:
    """Tell whether just this stream was confirmed before."""
    before = adoption.confirmed(integration)
    return before is not None and before.identity == found.identity


def _not_checked(request: TenantRequest, integration: Integration, values: Values, fault: AwsFault) -> Values:
    name = str(values.get("name", ""))
    if not codec.confirmed_creation_time(values) and not name.startswith(_prefix(integration)):
        return _refused(Message("wizard.adoption_not_checked", stream=name, reason=fault.message))
    not_checked = Message("wizard.name_not_checked", name=name, reason=fault.message)
    messages.warning(request, explanation_of(not_checked))
    return {}


def _absent(integration: Integration, values: Values) -> Values:
    name, region = str(values.get("name", "")), str(values.get("region", ""))
    prefix = _prefix(integration)
    if aws_checks.is_known(integration, "data stream", name):
        return {}
    if values.get("adopt") or not name.startswith(prefix):
        absent = Message("wizard.stream_absent", stream=name, region=region, prefix=prefix)
        return {"adopt": "", **_refused(absent)}
    return {}


def _refused(message: Message) -> Values:
    return {pages.REFUSED: {"name": message.as_json()}}


def _prefix(integration: Integration) -> str:
    connection = pages.connection_of(integration)
    return connection.name_prefix if connection else ""
