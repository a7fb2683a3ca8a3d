"""The wizard: its pages in order, what was typed on each, how each stands, and the line that sums it up.

A draft is the `draft` of an Integration row: for each page, the values as typed, and under keys of our own
`asked` (the reader pressed Continue, so that errors are shown) and `refused` (what AWS answered about a field); on the
stream's page also `found` (the stream of that name which exists).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from onboarding.credentials import selectors as credentials_selectors
from onboarding.deliveries import form_codec
from onboarding.drafts import codec
from onboarding.integrations import selectors, update
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.states import ConnectionState, IntegrationState, RunState
from onboarding.wizard.forms.delivery import DeliveryForm
from onboarding.wizard.forms.stream import StreamForm

ASKED = "asked"
REFUSED = "refused"
FOUND = "found"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the wizard: its key in addresses and drafts, its title, what stands under it before it is done, and
    how the page before it names it on its button."""

    key: str
    title: str
    hint: str
    goal: str


PAGES = (
    Page("connect", "Connect your AWS account", "access to one account", "account"),
    Page("stream", "Design the stream", "name, Region, capacity", "stream"),
    Page("delivery", "Deliver the records", "destinations of the records", "deliveries"),
    Page("recipients", "Choose recipients", "OpenPGP keys", "recipients"),
    Page("review", "Review", "all resources by name", "review"),
)
KEYS = tuple(page.key for page in PAGES)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a page stands: todo, done or blocked, and one line that sums it up."""

    state: str
    summary: str


@dataclass(frozen=True, slots=True)
class RailItem:
    """A page in the list at the left; `state` is done, current, todo or blocked; no `url`, no link."""

    key: str
    label: str
    state: str
    summary: str
    url: str


def is_editable(integration: Integration) -> bool:
    """Tell whether the pages can be changed: while a draft, after a run that stopped or was cancelled, and while
    somebody changes the settings of a living integration."""
    if integration.status is IntegrationState.DRAFT:
        return True
    if integration.is_self_managed:
        return update.is_changing(integration)
    run = selectors.current_run(integration)
    if integration.status in {IntegrationState.REMOVED, IntegrationState.REMOVING} or run is None:
        return False
    if run.status in {RunState.FAILED, RunState.CANCELLED}:
        return not run.is_removal or update.is_changing(integration)
    return run.status.is_over and update.is_changing(integration)


def values_of(integration: Integration, page: str) -> dict[str, Any]:
    """Return what was typed on a page, or an empty dict."""
    values = integration.draft.get(page)
    return dict(values) if isinstance(values, Mapping) else {}


def connection_of(integration: Integration) -> Connection | None:
    """Return the connection chosen on the first page, verified or not."""
    uid = values_of(integration, "connect").get("connection")
    chosen = Connection.objects.filter(tenant_id=integration.tenant_id, uid=uid).first() if uid else None
    return chosen or integration.connection


def keys_of(integration: Integration) -> list[PgpKey]:
    """Return the confirmed, unexpired keys chosen as recipients."""
    chosen = values_of(integration, "recipients").get("fingerprints", [])
    keys = PgpKey.objects.filter(tenant_id=integration.tenant_id, fingerprint__in=chosen, confirmed_at__isnull=False)
    return [key for key in keys if not key.is_expired]


def stream_form(integration: Integration, *, always_bound: bool = False) -> StreamForm:
    """Return the second page's form over what was typed."""
    typed, asked = _typed(integration, "stream", always_bound)
    form = StreamForm(typed, asked=asked, connection=connection_of(integration))
    _show_refused(form, values_of(integration, "stream"))
    return form


def delivery_form(integration: Integration, key: str = "1", *, always_bound: bool = False) -> DeliveryForm:
    """Return the form of one delivery over what was typed; of one that is not there yet, over what is suggested."""
    items = codec.deliveries_of(integration.draft)
    values = items.get(key)
    stream = values_of(integration, "stream")
    form = DeliveryForm(
        values or None,
        asked=bool(values) and (always_bound or bool((values or {}).get(ASKED))),
        connection=connection_of(integration),
        stream_name=str(stream.get("name", "")),
        region=str(stream.get("region", "")),
        others=[form_codec.plain(one) for other, one in items.items() if other != key and int(other) < int(key)],
    )
    _show_refused(form, values or {})
    return form


def standing(integration: Integration, page: str) -> Standing:
    """Return how a page stands."""
    return _STANDINGS[page](integration)


def rail(integration: Integration, current: str) -> list[RailItem]:
    """Return all pages with their state, and the two that follow: the run and the credentials."""
    items = [_rail_item(integration, page, current) for page in PAGES]
    return [*items, _run_item(integration, current), _credentials_item(integration, current)]


def neighbour(page: str, step: int) -> str | None:
    """Return the key of the page `step` after (or before) this one, or None beyond the ends."""
    position = KEYS.index(page) + step
    return KEYS[position] if 0 <= position < len(KEYS) else None


def url_of(integration: Integration, page: str) -> str:
    """Return the address of a page of the wizard."""
    return reverse("setup", kwargs={"slug": integration.tenant.slug, "uid": integration.uid, "page": page})


def resume_url(integration: Integration) -> str:
    """Return the address of the first page that is not done."""
    unfinished = (key for key in KEYS if standing(integration, key).state != "done")
    return url_of(integration, next(unfinished, "review"))


def _typed(integration: Integration, page: str, always_bound: bool) -> tuple[dict[str, Any] | None, bool]:
    typed = values_of(integration, page)
    return typed or None, bool(typed) and (always_bound or bool(typed.get(ASKED)))


def _show_refused(form: StreamForm | DeliveryForm, values: Mapping[str, Any]) -> None:
    if not form.is_bound:
        return
    for field, words in values.get(REFUSED, {}).items():
        if field not in form.fields:
            continue
        if not form[field].value():
            form.errors.pop(field, None)  # it is missing because it was refused, and that is what to say
        if field not in form.errors:
            form.add_error(field, words)


def _connect(integration: Integration) -> Standing:
    connection = connection_of(integration)
    if connection is None:
        return Standing("todo", PAGES[0].hint)
    line = f"{spaced_account(connection.account_id)} · {connection.status.label}"
    if not connection.has_grant:
        return Standing("done", f"{spaced_account(connection.account_id)} · self-managed")
    if connection.status is ConnectionState.VERIFIED:
        return Standing("done", line)
    return Standing("todo" if connection.status is ConnectionState.DRAFT else "blocked", line)


def _stream(integration: Integration) -> Standing:
    form = stream_form(integration, always_bound=True)
    if not form.is_bound:
        return Standing("todo", PAGES[1].hint)
    if not form.is_valid():
        return _unfinished(integration, "stream", form)
    found = form.cleaned_data
    size = "on-demand" if found["mode"] == "ON_DEMAND" else _counted(found["shards"], "shard")
    adopted = "adopted · " if found.get("adopt") else ""
    return Standing("done", f"{found['name']} · {adopted}{found['region']} · {size}")


def _delivery(integration: Integration) -> Standing:
    items = codec.deliveries_of(integration.draft)
    if not items:
        return Standing("todo", PAGES[2].hint)
    forms = {key: delivery_form(integration, key, always_bound=True) for key in items}
    wrong = {key: form for key, form in forms.items() if not form.is_valid()}
    if wrong:
        asked = sum(len(form.errors) for key, form in wrong.items() if items[key].get(ASKED))
        return Standing("blocked", f"{_counted(asked, 'error')}") if asked else Standing("todo", "not finished")
    return Standing("done", _summed([form for form in forms.values() if form.cleaned_data["kind"] != "none"]))


def _summed(forms: list[DeliveryForm]) -> str:
    if not forms:
        return "no delivery"
    titles = [form.destination.TITLE.removeprefix("Amazon ") for form in forms]
    if len(forms) == 1:
        return f"{titles[0]} · {forms[0].cleaned_data['bucket']}" if forms[0].chosen == "s3" else titles[0]
    return f"{len(forms)} deliveries: {', '.join(dict.fromkeys(titles))}"


def _recipients(integration: Integration) -> Standing:
    keys = keys_of(integration)
    if codec.is_without_grant(integration):
        return Standing(
            "done", f"the vendor’s key and {_counted(len(keys), 'key')} of yours" if keys else "the vendor’s key"
        )
    if not keys:
        return Standing("todo", PAGES[3].hint)
    return Standing("done", f"{_counted(len(keys), 'key')} of yours and the vendor’s key")


def _review(integration: Integration) -> Standing:
    run = selectors.current_run(integration)
    return Standing("done", "submitted") if run and not is_editable(integration) else Standing("todo", PAGES[4].hint)


_STANDINGS: dict[str, Callable[[Integration], Standing]] = {
    "connect": _connect,
    "stream": _stream,
    "delivery": _delivery,
    "recipients": _recipients,
    "review": _review,
}


def _unfinished(integration: Integration, page: str, form: StreamForm | DeliveryForm) -> Standing:
    if not values_of(integration, page).get(ASKED):
        return Standing("todo", "not finished")
    return Standing("blocked", f"{_counted(len(form.errors), 'error')}")


def _rail_item(integration: Integration, page: Page, current: str) -> RailItem:
    found = standing(integration, page.key)
    state = "current" if page.key == current else found.state
    url = url_of(integration, page.key) if is_editable(integration) else ""
    return RailItem(page.key, page.title, state, found.summary, url)


def _run_item(integration: Integration, current: str) -> RailItem:
    run = selectors.current_run(integration)
    if run is None and (integration.is_self_managed or codec.is_without_grant(integration)):
        state = "done" if integration.is_self_managed else "todo"
        return RailItem("run", "Apply the plan", state, "files to download and apply", "")
    if run is None:
        return RailItem("run", "Create resources", "todo", "live progress", "")
    state = {RunState.DONE: "done", RunState.FAILED: "blocked"}.get(run.status, "todo")
    url = reverse("run", kwargs={"slug": integration.tenant.slug, "pk": run.pk})
    return RailItem("run", "Create resources", "current" if current == "run" else state, run.status.label, url)


def _credentials_item(integration: Integration, current: str) -> RailItem:
    ready = credentials_selectors.ready_credential(integration)
    if integration.is_self_managed or (ready is None and codec.is_without_grant(integration)):
        state, words = ("done", "uploaded") if ready else ("todo", "encrypted, for the vendor")
        return RailItem("credentials", "Upload encrypted key", state, words, "")
    if ready is None:
        state = "current" if current == "credentials" else "todo"
        return RailItem("credentials", "Download access key", state, "encrypted, for your recipients", "")
    url = reverse("credentials", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})
    state = "current" if current == "credentials" else "done"
    return RailItem("credentials", "Download access key", state, f"{ready.access_key_id[:8]}… is ready", url)


def spaced_account(account_id: str) -> str:
    """Return an account ID in groups of four, as people read it."""
    return " ".join(account_id[i : i + 4] for i in range(0, len(account_id), 4))


def expected_role_arn(connection: Connection) -> str:
    """Return the ARN that the role has when the template is used as it is."""
    return connection.usual_role_arn


def saved_note(integration: Integration) -> str:
    """Return the line under the pages that says what was saved."""
    if not integration.draft:
        return "Drafts are saved automatically. You can leave and resume later."
    minutes = int((timezone.now() - integration.changed_at).total_seconds() // 60)
    when = "a moment ago" if minutes < 1 else f"{_counted(minutes, 'minute')} ago" if minutes < 60 else "earlier"
    return f"Saved {when}. You can leave and resume later."


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
