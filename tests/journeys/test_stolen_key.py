"""The vendor sends from two networks only: a stolen key is rejected by AWS from elsewhere, found there, and revoked."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from onboarding.drafts import codec
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState, RunState
from onboarding.spec import integration_spec as specs
from onboarding.tasks import check_key_trail
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack
from tests.faults.case import REGION, STREAM, Case, new_case
from tests.faults.installation import Installation, proxied_installation
from tests.journeys.browser import browser_errors, in_thread, needs_chromium, press, sign_in
from tests.journeys.opening import opened, prove_possession
from tests.played_address import coming_from
from tests.world import PASSWORD, Keypair, client_keypair, person, portal_user, vendor_keypair

__all__ = ["client_keypair", "portal_user", "vendor_keypair"]
pytestmark = [pytest.mark.audit, needs_chromium]
NETWORKS = ("1.1.1.0/24", "2600:1f00::/40")
A_MINUTE = 60_000


@pytest.fixture(scope="module")
def portal(
    django_db_setup: None,
    django_db_blocker,
    ministack: MiniStack,
    portal_user: dict[str, str],
    vendor_keypair: Keypair,
    client_keypair: Keypair,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installation]:
    """A portal whose vendor published its networks."""
    published = portal_user | {"SLUICE_VENDOR_NETWORKS": ",".join(NETWORKS)}
    folder = tmp_path_factory.mktemp("portal")
    prepared = proxied_installation(ministack, published, vendor_keypair, client_keypair, folder)
    with django_db_blocker.unblock(), prepared as found:
        yield found


def planned(portal: Installation) -> tuple[Case, str, str]:
    """An integration at the end of the wizard, the email address of its admin, and the address of its review page."""
    case = new_case(portal.client_key, kinds=())
    Run.objects.filter(pk=case.run_id).update(state=RunState.CANCELLED)
    integration = Integration.objects.select_related("tenant", "connection").get(pk=case.run.integration_id)
    integration.draft = codec.pages_of(specs.from_row(integration.spec), integration)
    integration.state = IntegrationState.ATTENTION
    integration.save()
    at = {"slug": integration.tenant.slug, "uid": integration.uid}
    admin = person("ada@estate.example", integration.tenant)
    return case, admin.email, reverse("setup", kwargs={**at, "page": "review"})


def downloaded(page: Page, key: Keypair, folder: Path) -> AwsCredentials:
    """The access key, as the recipient opens it."""
    page.get_by_role("link", name="Download access key", exact=True).click()
    prove_possession(page, key.private_key)
    with page.expect_download() as download:
        press(page, "Download")
    encrypted = folder / download.value.suggested_filename
    download.value.save_as(encrypted)
    _user_name, key_id, secret = opened(encrypted, key.private_key)["credentials.csv"].splitlines()[1].split(",")
    return AwsCredentials(key_id, secret)


def answer_of_aws(key: AwsSession, address: str = "") -> str:
    """What AWS answers a record with the key, sent from an address: nothing where it accepts the record."""
    try:
        put_record(coming_from(key, address) if address else key, STREAM, data=b"{}", partition_key="a")
    except AwsFault as fault:
        return fault.code
    return ""


def look_into_cloudtrail(case: Case) -> None:
    """What the schedule does every hour: read what CloudTrail recorded of the key."""
    credential = Credential.objects.get(integration=case.run.integration_id)
    check_key_trail(credential_id=credential.pk)


def test_a_stolen_key_is_rejected_elsewhere_found_and_replaced(
    portal: Installation, browser: Browser, tmp_path: Path
) -> None:
    case, email, review = in_thread(lambda: planned(portal))
    page = browser.new_context(accept_downloads=True).new_page()
    page.set_default_timeout(20_000)
    errors = browser_errors(page)
    with portal.web() as address, portal.worker():
        sign_in(page, address, email, PASSWORD)
        page.goto(address + review)
        press(page, "Create resources in account")
        expect(page.get_by_text("is ready, and its access key works")).to_be_visible(timeout=A_MINUTE)
        credentials = downloaded(page, case.client_key, tmp_path)
        key = AwsSession(region=REGION, credentials=credentials)
        thieves = ("8.8.8.8", "2600:2f00::9", "1.1.2.1", "")
        assert [answer_of_aws(key, place) for place in thieves] == ["AccessDeniedException"] * 4
        assert [answer_of_aws(key, place) for place in ("1.1.1.7", "2600:1f00::9")] == ["", ""]
        page.get_by_role("link", name="Access key", exact=True).first.click()
        card = page.locator("section", has_text="Networks of the vendor")
        expect(card).to_contain_text(
            "Records are accepted from these networks only. A stolen key works only from there."
        )
        assert card.get_by_role("listitem").all_inner_texts() == list(NETWORKS)
        expect(page.locator(".policy-sentences")).to_contain_text("only from the network 1.1.1.0/24")
        with suppress(ClientError):
            coming_from(key, thieves[0]).client("kinesis").list_streams()
        in_thread(lambda: look_into_cloudtrail(case))
        page.reload()
        card = page.locator("section", has_text="Used from an unexpected network")
        expect(card).to_contain_text(thieves[0])
        expect(card).to_contain_text("kinesis:ListStreams")
        press(page, "Compromised: revoke and rotate")
        expect(page.get_by_text("Revoked and proved")).to_be_visible(timeout=A_MINUTE)
        expect(page.get_by_text("Used from an unexpected network")).to_have_count(0)
        assert answer_of_aws(key, "1.1.1.7") == "UnrecognizedClientException"
    assert errors == []
