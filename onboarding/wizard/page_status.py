"""How each page of the wizard stands, and the line that sums it up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onboarding.account_state.connection_status import connection_status
from onboarding.drafts import codec
from onboarding.integrations import selectors
from onboarding.models.integration import Integration
from onboarding.wizard import consumer_roles, devices, fan_out, pages, shares
from onboarding.wizard.forms.delivery import DeliveryForm
from onboarding.wizard.forms.stream import StreamForm
from portal.numbers import in_fours


@dataclass(frozen=True, slots=True)
class PageStatus:
    """Whether a page is todo, done or blocked, and one line that sums it up."""

    state: str
    summary: str


def status_of(integration: Integration, page: str) -> PageStatus:
    """Return the status of a page."""
    return _STATUSES[page](integration)


def resume_url(integration: Integration) -> str:
    """Return the address of the first page that is not done."""
    unfinished = (key for key in pages.KEYS if status_of(integration, key).state != "done")
    return pages.url_of(integration, next(unfinished, "review"))


def _connect(integration: Integration) -> PageStatus:
    connection = pages.connection_of(integration)
    if connection is None:
        return PageStatus("todo", str(pages.PAGES[0].hint))
    status = connection_status(connection)
    line = f"{in_fours(connection.account_id)} · {status.label}"
    if not connection.has_grant:
        return PageStatus("done", f"{in_fours(connection.account_id)} · {_('self-managed')}")
    if status.is_verified:
        return PageStatus("done", line)
    return PageStatus("todo" if status.is_draft else "blocked", line)


def _stream(integration: Integration) -> PageStatus:
    form = pages.stream_form(integration, always_bound=True)
    if not form.is_bound:
        return PageStatus("todo", str(pages.PAGES[1].hint))
    if not form.is_valid():
        return _unfinished(integration, "stream", form)
    found = form.cleaned_data
    size = _("on-demand") if found["mode"] == "ON_DEMAND" else _shards(found["shards"])
    adopted = [_("adopted")] if found.get("adopt") else []
    return PageStatus("done", " · ".join([found["name"], *adopted, found["region"], size]))


def _delivery(integration: Integration) -> PageStatus:
    items = codec.deliveries_of(integration.draft)
    if not items:
        return PageStatus("todo", str(pages.PAGES[2].hint))
    forms = {key: pages.delivery_form(integration, key, always_bound=True) for key in items}
    wrong = {key: form for key, form in forms.items() if not form.is_valid()}
    if wrong:
        errors = sum(len(form.errors) for key, form in wrong.items() if items[key].get(pages.SUBMITTED))
        return PageStatus("blocked", _errors(errors)) if errors else PageStatus("todo", _("not finished"))
    return PageStatus("done", _summed([form for form in forms.values() if form.cleaned_data["kind"] != "none"]))


def _summed(forms: list[DeliveryForm]) -> str:
    if not forms:
        return _("no delivery")
    titles = [form.destination.TITLE.removeprefix("Amazon ") for form in forms]
    if len(forms) == 1:
        return f"{titles[0]} · {forms[0].cleaned_data['bucket']}" if forms[0].chosen == "s3" else titles[0]
    listed = {"count": len(forms), "destinations": ", ".join(dict.fromkeys(titles))}
    return _("%(count)d deliveries: %(destinations)s") % listed


def _consumers(integration: Integration) -> PageStatus:
    draft = integration.draft
    sections = (consumer_roles, fan_out, shares, devices)
    if errors := sum(section.error_count(integration) for section in sections):
        is_submitted = pages.values_of(integration, "consumers").get(pages.SUBMITTED)
        return PageStatus("blocked", _errors(errors)) if is_submitted else PageStatus("todo", _("not finished"))
    # Nothing has to be chosen here, so anyone who continued without it is done with it.
    if "consumers" not in draft and not draft.get("recipients"):
        return PageStatus("todo", str(pages.PAGES[3].hint))
    return PageStatus("done", ", ".join(_counts_of_consumers(draft)) or _("no consumers"))


def _counts_of_consumers(draft: dict[str, Any]) -> Iterator[str]:
    if count := len(codec.consumer_roles_of(draft)):
        yield ngettext("%(count)d consumer role", "%(count)d consumer roles", count) % {"count": count}
    if count := len(codec.fan_out_of(draft)):
        yield ngettext("%(count)d registered consumer", "%(count)d registered consumers", count) % {"count": count}
    if count := len(codec.shares_of(draft)):
        yield ngettext("%(count)d share", "%(count)d shares", count) % {"count": count}
    if codec.devices_of(draft):
        yield _("devices")


def _recipients(integration: Integration) -> PageStatus:
    if codec.is_by_role(integration.draft):
        return PageStatus("done", _("no access key: the vendor assumes a role"))
    values, keys = pages.values_of(integration, "recipients"), pages.keys_of(integration)
    if len(keys) < len(values.get("fingerprints", [])):
        return PageStatus("blocked", _("a chosen key cannot be used"))
    if not values and not codec.is_without_grant(integration):
        return PageStatus("todo", str(pages.PAGES[4].hint))
    return PageStatus("done", _keys(len(keys)) if keys else _("the vendor only"))


def _review(integration: Integration) -> PageStatus:
    if pages.is_editable(integration) or selectors.current_run(integration) is None:
        return PageStatus("todo", str(pages.PAGES[5].hint))
    return PageStatus("done", _("submitted"))


_STATUSES: dict[str, Callable[[Integration], PageStatus]] = {
    "connect": _connect,
    "stream": _stream,
    "delivery": _delivery,
    "consumers": _consumers,
    "recipients": _recipients,
    "review": _review,
}


def _unfinished(integration: Integration, page: str, form: StreamForm | DeliveryForm) -> PageStatus:
    if not pages.values_of(integration, page).get(pages.SUBMITTED):
        return PageStatus("todo", _("not finished"))
    return PageStatus("blocked", _errors(len(form.errors)))


def _errors(count: int) -> str:
    return ngettext("%(count)d error", "%(count)d errors", count) % {"count": count}


def _keys(count: int) -> str:
    summary = ngettext(
        "%(count)d key of yours and the vendor’s key", "%(count)d keys of yours and the vendor’s key", count
    )
    return summary % {"count": count}


def _shards(count: int) -> str:
    return ngettext("%(count)s shard", "%(count)s shards", count) % {"count": f"{count:,}"}
