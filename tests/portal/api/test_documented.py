"""The commands of docs/api.md work as they are written, and show what is written below them."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from onboarding import vendor_feed
from portal.messages.catalogue import entries
from portal.tenancy.models import Tenant
from tests.architecture.tree import ROOT
from tests.onboarding.encrypted_keys import integration_of, key
from tests.portal.api.programs import program

PAGE = (ROOT / "docs" / "api.md").read_text()
COMMANDS = re.findall(r"```bash\n(.+?)\n```", PAGE, re.DOTALL)
EXAMPLES = [json.loads(found) for found in re.findall(r"```json\n(.+?)\n```", PAGE, re.DOTALL)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clean_redis")
def test_each_command_prints_what_the_page_shows(live_server: LiveServer, tmp_path: Path) -> None:
    integration = integration_of(Tenant.objects.create(slug="north", name="North"))
    copy = key(integration, ciphertext="BEGIN PGP\nEND\n")
    cursor = vendor_feed.newest_cursor()
    vendor_feed.publish(vendor_feed.Kind.READY, integration, credential=copy.credential)
    given = {"SLUICE_TOKEN": program().text, "SLUICE_PORTAL": live_server.url, "KEY_ID": copy.uid, "CURSOR": cursor}
    run = {"shell": True, "cwd": tmp_path, "env": {"PATH": "/usr/bin:/bin", **given}}
    token, listed, fetched, changed = (
        subprocess.run(line, check=True, capture_output=True, timeout=20, **run) for line in COMMANDS
    )
    assert set(json.loads(token.stdout)) == set(EXAMPLES[0])
    found = json.loads(listed.stdout)
    assert (set(found), shape(found["keys"][0])) == (set(EXAMPLES[1]), shape(EXAMPLES[1]["keys"][0]))
    assert fetched.stdout == b""
    feed = json.loads(changed.stdout)
    (example,) = (example for example in EXAMPLES if "events" in example)
    assert (set(feed), shape(feed["events"][0])) == (set(example), shape(example["events"][0]))
    assert (tmp_path / "key.zip.asc").read_text().strip() == copy.ciphertext.strip()


def shape(found: object) -> object:
    """The names of fields, at every depth."""
    return {name: shape(value) for name, value in found.items()} if isinstance(found, dict) else None


def test_every_code_of_an_error_is_on_the_page() -> None:
    codes = {code for code in entries() if code.startswith("api.")}
    refused = {
        "missing",
        "several",
        "in_address",
        "over_http",
        "malformed",
        "unknown",
        "revoked",
        "expired",
        "right_missing",
    }
    named = set(re.findall(r"`((?:api|token)\.\w+)`", PAGE))
    assert named == codes | {f"token.{name}" for name in refused}
