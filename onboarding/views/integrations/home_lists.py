"""The lists of a tenant's home, a page of each at a time, with a number of queries that does not grow with them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.http import QueryDict

from onboarding.integrations import selectors
from onboarding.integrations.key_addresses import USABLE
from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.key_address import KeyAddress
from onboarding.models.run import Run
from onboarding.models.states import CredentialState, IntegrationState, ResourceState
from onboarding.provisioning.claims import ACTIVE
from portal.numbers import whole
from portal.tenancy.models import Tenant

PER_PAGE = 20
LISTS = ("drafts", "streams", "removed")
_DRAFT, _REMOVED = IntegrationState.DRAFT, IntegrationState.REMOVED


@dataclass(frozen=True, slots=True)
class HomeList:
    """One page of a list: its rows, and the addresses of the pages before and after it, "" where there is none."""

    rows: list[Integration]
    page: Page[Integration]
    previous_url: str
    next_url: str


def drafts(tenant: Tenant, query: QueryDict) -> HomeList:
    """Return the drafts, the last changed first."""
    rows = selectors.integrations_of(tenant).filter(state=_DRAFT).order_by("-changed_at", "pk")
    return _list(rows, tenant, query, "drafts")


def streams(tenant: Tenant, query: QueryDict) -> HomeList:
    """Return what is set up or being set up or removed, by state and name; each with its run and access key.

    `is_quarantined` if AWS quarantined that key, `is_used_elsewhere` if it was used from an address that is not
    expected and that no one accepted.
    """
    rows = selectors.integrations_of(tenant).exclude(state__in=[_DRAFT, _REMOVED]).order_by("state", "name", "pk")
    # The difference stays until the next check, also when the key was revoked and another created.
    keys = Credential.objects.filter(integration=OuterRef("integration"), state__in=USABLE)
    found = DriftFinding.objects.filter(Exists(keys.filter(created_at__lte=OuterRef("found_at"))))
    quarantine = found.filter(integration=OuterRef("pk"), what__code="drift.quarantine")
    elsewhere = KeyAddress.objects.filter(credential__integration=OuterRef("pk"), accepted_at__isnull=True)
    elsewhere = elsewhere.filter(credential__state__in=USABLE)
    rows = rows.annotate(is_quarantined=Exists(quarantine), is_used_elsewhere=Exists(elsewhere))
    return _list(rows.prefetch_related(_runs(), _credentials()), tenant, query, "streams")


def removed(tenant: Tenant, query: QueryDict) -> HomeList:
    """Return what was removed and has resources left, as `resource_count`."""
    left = Count("resources", filter=~Q(resources__state=ResourceState.REMOVED))
    rows = selectors.integrations_of(tenant).filter(state=_REMOVED, abandoned_at__isnull=True)
    rows = rows.annotate(resource_count=left).filter(resource_count__gt=0).order_by("name", "pk")
    return _list(rows, tenant, query, "removed")


def _runs() -> "Prefetch[Any]":
    of_it = Run.objects.filter(integration=OuterRef("integration")).order_by("-pk").values("pk")[:1]
    active = Run.objects.filter(integration=OuterRef("integration"), state__in=ACTIVE).values("pk")[:1]
    current = Run.objects.filter(pk=Coalesce(Subquery(active), Subquery(of_it)))
    return Prefetch("runs", current, to_attr="current_runs")


def _credentials() -> "Prefetch[Any]":
    copies = Prefetch("copies", SealedCopy.objects.prefetch_related("downloads"))
    ready = Credential.objects.filter(state__in=[CredentialState.READY, CredentialState.IN_USE])
    return Prefetch("credentials", ready.prefetch_related(copies), to_attr="ready_credentials")


def _list(rows: QuerySet[Integration], tenant: Tenant, query: QueryDict, name: str) -> HomeList:
    page = Paginator(rows, PER_PAGE).get_page(query.get(name))
    found = list(page.object_list)
    for integration in found:
        integration.tenant = tenant
    return HomeList(
        rows=found,
        page=page,
        previous_url=_url(query, name, page.previous_page_number()) if page.has_previous() else "",
        next_url=_url(query, name, page.next_page_number()) if page.has_next() else "",
    )


def _url(query: QueryDict, name: str, number: int) -> str:
    given = {key: whole(query.get(key, "")) for key in LISTS}
    return f"?{urlencode({key: value for key, value in {**given, name: number}.items() if value})}#{name}"


def with_choices(tenant: Tenant) -> None:
    """Read the tenant's connections and keys once, for all drafts that chose some."""
    prefetch_related_objects([tenant], "connections", "pgp_keys")
