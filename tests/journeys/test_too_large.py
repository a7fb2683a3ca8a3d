"""A form that is too large is answered with a page; what was typed is still there after Back, scripts or not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from portal.asgi import application
from portal.body_limit import MOST_BYTES
from portal.tenancy.models import Tenant
from tests.journeys.browser import chromium, needs_chromium, sign_in
from tests.web_process import served
from tests.world import PASSWORD, person

pytestmark = [
    needs_chromium,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_redis"),
    # WhiteNoise reads from the source here; collected files are served from memory.
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume"),
]
EMAIL = "ada@north.example"
TYPED = "Pasted by hand, and not to be lost."


@pytest.fixture
def address(settings) -> Iterator[str]:
    settings.ALLOWED_HOSTS = ["*"]
    person(EMAIL, Tenant.objects.create(slug="north", name="North"))
    with served(application) as url:
        yield url


@pytest.mark.sampled(1, rest="audit")
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_what_was_typed_is_still_there_on_the_way_back(address: str, tmp_path: Path, scripts: bool) -> None:
    large = tmp_path / "large.asc"
    large.write_bytes(b"x" * (MOST_BYTES + 1))
    with chromium() as browser:
        page = browser.new_context(java_script_enabled=scripts).new_page()
        sign_in(page, address, EMAIL, PASSWORD)
        page.goto(f"{address}/t/north/keys/")
        page.locator("textarea[name=blob]").fill(TYPED)
        page.locator("input[type=file]").set_input_files(large)
        page.locator("form:has(textarea[name=blob]) button[type=submit]").first.click()
        expect(page.get_by_role("heading", name="This is too large")).to_be_visible()
        page.go_back()
        expect(page.locator("textarea[name=blob]")).to_have_value(TYPED)
