"""The bodies of what the portal answers about integrations: pages, the download, and the API."""

from django.db.models import Q
from django.test import Client
from django.urls import reverse

from onboarding.models.credential import SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from portal.tenancy.rights import Right
from tests.onboarding.possession import prove
from tests.portal.api.programs import KEYS, program
from tests.world import person

_PAGES = ("integration", "credentials", "policies")
_FEEDS = ("/api/v1/vendor-events", "/api/v1/producer-roles")
_MOST = 2  # integrations of each kind: of each kind of run the pages are the same


def bodies() -> dict[str, bytes]:
    """Return the body of every page of some integrations, of their downloads and of the API, by address."""
    found: dict[str, bytes] = {}
    for integration in _integrations():
        for key in integration.tenant.pgp_keys.all():
            prove(key)
        browser = Client()
        browser.force_login(person(f"reader-{integration.uid}@north.example", integration.tenant))
        at = {"slug": integration.tenant.slug, "uid": integration.uid}
        addresses = [reverse(name, kwargs=at) for name in _PAGES]
        of_tenant = {"slug": integration.tenant.slug}
        addresses += [reverse(name, kwargs=of_tenant) for name in ("activity", "access_keys")]
        addresses += [reverse("run", kwargs={**of_tenant, "pk": run.pk}) for run in integration.runs.all()]
        found |= {address: browser.get(address).content for address in addresses}
        copies = SealedCopy.objects.filter(credential__integration=integration, audience=SealedCopy.Audience.CLIENT)
        for copy in copies:
            address = reverse("copy_download", kwargs={**at, "copy_uid": copy.uid})
            found[address] = browser.post(address).content
    pusher = program(scopes=[Right.VENDOR_KEYS, Right.PRODUCER_ROLES])
    listed = pusher.get(KEYS)
    found |= {KEYS: listed.content, **{feed: pusher.get(feed).content for feed in _FEEDS}}
    return found | {key["url"]: pusher.get(key["url"]).content for key in listed.json()["keys"][:_MOST]}


def _integrations() -> list[Integration]:
    """Some of each kind: with a key, with a role, and those whose keys were rotated or revoked."""
    live, newest = Q(state=IntegrationState.LIVE), Integration.objects.select_related("tenant").order_by("-pk")
    kinds = [live, live & Q(rotations__isnull=False), live & Q(producer_roles__isnull=False)]
    kinds.append(Q(revocations__isnull=False))
    return list({row.pk: row for kind in kinds for row in newest.filter(kind).distinct()[:_MOST]}.values())
