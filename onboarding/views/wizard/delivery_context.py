"""What the templates of the deliveries' page show: the list of several, and the form of each."""

import re
from datetime import UTC, datetime
from typing import Any

from onboarding.deliveries import s3_prefix, secrets
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.form_schema import DESTINATION_FORMS
from onboarding.deliveries.kinds import KINDS
from onboarding.drafts import codec
from onboarding.models.integration import Integration
from onboarding.views.wizard import delivery_role
from onboarding.views.wizard.delivery_lines import line_of, not_allowed
from onboarding.wizard import pages
from onboarding.wizard.forms.delivery import DeliveryForm
from onboarding.wizard.forms.delivery_fields import DESTINATIONS, NO_STORAGE
from portal.messages.catalogue import explanation_of

PAGE = "delivery"
MOST = 20
_AROUND_THE_NAME = re.compile(r"^(?:Amazon|Apache) | (?:Service|Serverless|endpoint|tables)$")


def list_context(integration: Integration, items: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what the list of deliveries shows."""
    lines = [line_of(integration, key, values) for key, values in items.items()]
    return {"lines": lines, "kinds": _cards(*DESTINATION_FORMS) if len(lines) < MOST else []}


def _cards(*kinds: str) -> list[tuple[str, Any, str]]:
    """Return kinds as cards: each with its choice, and its prerequisites."""
    choices = dict(DESTINATIONS)
    return [
        (kind, choices[kind], DESTINATION_FORMS[kind].prerequisites if kind in DESTINATION_FORMS else "")
        for kind in kinds
    ]


def form_context(integration: Integration, key: str, form: DeliveryForm) -> dict[str, Any]:
    """Return what the form of a delivery shows around its fields."""
    prefix = str(form["prefix"].value() or form.destination.PREFIX)
    zone = str(form["time_zone"].value() or "UTC") if "time_zone" in form.fields else "UTC"
    zone = zone if s3_prefix.is_time_zone(zone) else "UTC"
    problem = s3_prefix.problem_with(prefix)
    is_one_of_several = len(codec.deliveries_of(integration.draft)) > 1
    is_none = str(form["kind"].value()) == "none"
    kind = "none" if is_none else form.chosen
    title = form.destination.TITLE
    near = dict.fromkeys(("s3", kind) if is_one_of_several else ("s3", kind, "none"))
    far = [other for other in DESTINATION_FORMS if other not in near]
    stream = pages.values_of(integration, "stream")
    return {
        "form": form,
        "kinds": _cards(*near),
        "more_kinds": _cards(*far),
        "more_titles": ", ".join(dict.fromkeys(_AROUND_THE_NAME.sub("", KINDS[other].TITLE) for other in far)),
        "destination_title": title,
        "kind": kind,
        "secret_command": secrets.command(
            form.chosen,
            region=str(stream.get("region") or "eu-west-1"),
            name=f"{form['name'].value() or form.initial['name']}-secret",
        ),
        **({"title": f"Deliver to {title}"} if is_one_of_several else {}),
        "is_none": is_none,
        "none_note": NO_STORAGE[1].note,
        "prerequisites": DESTINATION_FORMS[form.chosen].prerequisites,
        "is_error_prefix_given": form["error_prefix"].value() not in {"", Delivery(name="", bucket="").error_prefix},
        "is_one_of_several": is_one_of_several,
        "prefix_now": "" if problem else s3_prefix.evaluated(prefix, datetime.now(UTC), zone),
        "prefix_zone": zone,
        "prefix_problem": explanation_of(problem) if problem else "",
        "not_allowed": not_allowed(integration, pages.delivery_form(integration, key, always_bound=True)),
        "role_sentences": delivery_role.permission_sentences(integration, form),
    }
