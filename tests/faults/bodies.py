"""The bodies of what the portal answers about integrations: pages, the download, and the API."""

from django.test import Client
from django.urls import reverse

from onboarding.models.credential import SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from tests.onboarding.possession import prove
from tests.portal.api.programs import KEYS, program
from tests.world import person

_PAGES = ("integration", "credentials", "policies")
_MOST = 2  # integrations: of each kind of run the pages are the same


def bodies() -> dict[str, bytes]:
    """Return the body of every page of some integrations, of their downloads and of the API, by address."""
    found: dict[str, bytes] = {}
    for integration in Integration.objects.filter(state=IntegrationState.LIVE).order_by("-pk")[:_MOST]:
        for key in integration.tenant.pgp_keys.all():
            prove(key)
        browser = Client()
        browser.force_login(person(f"reader-{integration.uid}@north.example", integration.tenant))
        at = {"slug": integration.tenant.slug, "uid": integration.uid}
        addresses = [reverse(name, kwargs=at) for name in _PAGES]
        addresses.append(reverse("activity", kwargs={"slug": integration.tenant.slug}))
        found |= {address: browser.get(address).content for address in addresses}
        copies = SealedCopy.objects.filter(credential__integration=integration, audience=SealedCopy.Audience.CLIENT)
        for copy in copies:
            address = reverse("copy_download", kwargs={**at, "copy_uid": copy.uid})
            found[address] = browser.post(address).content
    pusher = program()
    listed = pusher.get(KEYS)
    found[KEYS] = listed.content
    return found | {key["url"]: pusher.get(key["url"]).content for key in listed.json()["keys"][:_MOST]}
