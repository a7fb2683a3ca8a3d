"""Deliveries of a draft in lines: destination, state, and what the connection does not allow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onboarding.connections import boundary_check
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.form_codec import plain
from onboarding.deliveries.kinds import read
from onboarding.models.integration import Integration
from onboarding.problem_texts import sentence_of
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from onboarding.wizard import pages
from onboarding.wizard.forms.delivery import DeliveryForm
from portal.messages.catalogue import text_of


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A delivery in the list: its destination, its state, and what its form or the connection says of it."""

    key: str
    title: str
    name: str
    where: str
    state: str
    status: str
    url: str
    not_allowed: list[str]


def delivery_url(integration: Integration, key: str) -> str:
    """Return the address of one delivery of several."""
    return reverse("delivery", kwargs={"slug": integration.tenant.slug, "uid": integration.uid, "key": key})


def line_of(integration: Integration, key: str, values: Mapping[str, Any]) -> DeliveryLine:
    """Return a delivery's line."""
    form = pages.delivery_form(integration, key, always_bound=True)
    is_good, errors = form.is_valid(), len(form.errors)
    refused = not_allowed(integration, form)
    status = _("Complete") if is_good else ngettext("%(count)d error", "%(count)d errors", errors) % {"count": errors}
    buffering = {"seconds": values.get("buffering_seconds", ""), "megabytes": values.get("buffering_mb", "")}
    often = _("every %(seconds)s s or %(megabytes)s MB") % buffering
    return DeliveryLine(
        key=key,
        title=form.destination.TITLE,
        name=str(values.get("name", "")),
        where=f"{_where(values)}, {often}",
        state="healthy" if is_good and not refused else "attention",
        status=_("Not allowed yet") if refused else status,
        url=delivery_url(integration, key),
        not_allowed=refused,
    )


def not_allowed(integration: Integration, form: DeliveryForm) -> list[str]:
    """Return why the connection does not allow this delivery; [] where it does, or too little is typed to know."""
    connection = pages.connection_of(integration)
    stream = pages.values_of(integration, "stream")
    if connection is None or not stream.get("region") or not form.is_valid() or form.cleaned_data["kind"] == "none":
        return []
    spec = IntegrationSpec(
        name="",
        connection=connection.name,
        stream=StreamSpec(name=str(stream.get("name") or "your-stream"), region=str(stream["region"])),
        deliveries=(read(plain(form.data)),),
    )
    return [sentence_of(problem) for problem in boundary_check.problems(spec, connection)]


def _where(values: Mapping[str, Any]) -> str:
    """Return a delivery's destination, and the bucket of records that fail; a half-typed delivery has a bucket only."""
    bucket = _("bucket %(name)s") % {"name": values.get("bucket", "")}
    delivery = half_read(values)
    if delivery is None or delivery.destination.kind == "s3":
        return bucket
    return f"{text_of(delivery.destination.description(delivery))}; {bucket}"


def half_read(values: Mapping[str, Any]) -> Delivery | None:
    """Return the delivery that was typed, or None while it is incomplete."""
    try:
        return read(plain(values))
    except (TypeError, ValueError, AttributeError, KeyError):
        return None
