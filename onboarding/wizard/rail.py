"""The list of pages at the left: each with its state and summary, then the run and the credentials."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from onboarding.credentials import selectors as credentials_selectors
from onboarding.drafts import codec
from onboarding.integrations import selectors
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.states import ProducerRoleState, RunState
from onboarding.spec.integration_spec import ROLE
from onboarding.wizard import page_status, pages

# The pages, the run and the download of the access key.
STEP_COUNT = len(pages.PAGES) + 2


@dataclass(frozen=True, slots=True)
class RailItem:
    """A page in the list at the left; `state` is done, current, todo or blocked; no `url`, no link."""

    key: str
    label: str
    state: str
    summary: str
    url: str


def rail_of(integration: Integration, current: str) -> list[RailItem]:
    """Return all pages with their state, and the two that follow: the run and the credentials."""
    items = [_rail_item(integration, page, current) for page in pages.PAGES]
    return [*items, _run_item(integration, current), _credentials_item(integration, current)]


def progress_of_draft(integration: Integration) -> tuple[int, int]:
    """Return how many steps of a draft are done and how many there are: what the list at the left would show."""
    done = sum(page_status.status_of(integration, key).state == "done" for key in pages.KEYS)
    return done, STEP_COUNT


def _rail_item(integration: Integration, page: pages.Page, current: str) -> RailItem:
    status = page_status.status_of(integration, page.key)
    state = "current" if page.key == current else status.state
    url = pages.url_of(integration, page.key) if pages.is_editable(integration) else ""
    return RailItem(page.key, str(page.title), state, status.summary, url)


def _run_item(integration: Integration, current: str) -> RailItem:
    run = selectors.current_run(integration)
    if run is None and (integration.is_self_managed or codec.is_without_grant(integration)):
        state = "done" if integration.is_self_managed else "todo"
        return RailItem("run", _("Apply the plan"), state, _("files to download and apply"), "")
    if run is None:
        return RailItem("run", _("Create resources"), "todo", _("live progress"), "")
    state = {RunState.DONE: "done", RunState.FAILED: "blocked"}.get(run.status, "todo")
    url = reverse("run", kwargs={"slug": integration.tenant.slug, "pk": run.pk})
    state = "current" if current == "run" else state
    return RailItem("run", _("Create resources"), state, str(run.status.label), url)


def _credentials_item(integration: Integration, current: str) -> RailItem:
    if codec.is_by_role(integration.draft) or (integration.spec or {}).get("producer") == ROLE:
        return _role_item(integration, current)
    ready = credentials_selectors.ready_credential(integration)
    if integration.is_self_managed or (ready is None and codec.is_without_grant(integration)):
        state, summary = ("done", _("uploaded")) if ready else ("todo", _("encrypted, for the vendor"))
        return RailItem("credentials", _("Upload encrypted key"), state, summary, "")
    label = _("Download access key") if _has_own_copy(integration, ready) else _("View access key")
    if ready is None:
        state = "current" if current == "credentials" else "todo"
        return RailItem("credentials", label, state, _("encrypted, for its recipients"), "")
    url = reverse("credentials", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})
    state, summary = _progress_of(ready)
    state = "current" if current == "credentials" else state
    return RailItem("credentials", label, state, f"{ready.access_key_id[:8]}… {summary}", url)


def _has_own_copy(integration: Integration, ready: Credential | None) -> bool:
    if ready is None:
        return bool(pages.keys_of(integration))
    return credentials_selectors.has_own_copy(ready)


def _progress_of(ready: Credential) -> tuple[str, str]:
    if not credentials_selectors.has_own_copy(ready):
        return "done", _("for the vendor")
    return ("done", _("downloaded")) if credentials_selectors.is_downloaded(ready) else ("todo", _("ready"))


def _role_item(integration: Integration, current: str) -> RailItem:
    """Return what comes last where the vendor assumes a role: its test, in place of an access key."""
    role = integration.producer_roles.exclude(state=ProducerRoleState.RETIRED).first()
    url = reverse("credentials", kwargs={"slug": integration.tenant.slug, "uid": integration.uid}) if role else ""
    state = "done" if role and role.ready_at else "todo"
    summary = str(role.status.label) if role else _("by the vendor")
    return RailItem(
        "credentials", _("Test of the role"), "current" if current == "credentials" else state, summary, url
    )
