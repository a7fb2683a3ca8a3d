"""The worker that sends mail is killed outright and Redis loses everything: every mail is sent, and its row says so."""

import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from portal.messages.message import Message
from portal.outbox import kinds, outbox
from portal.outbox.models import Channel, OutboxItem, OutboxState
from portal.tenancy.models import Tenant
from tests.faults.installation import KILLED, Installation
from tests.waiting import wait_for
from tests.world import person

pytestmark = pytest.mark.faults
TENANTS, EVENTS, PROCESSES = 4, 15, 2
URL = "https://portal.example"


@pytest.fixture
def mails(portal: Installation, settings: Any) -> Path:
    """The folder into which the installation's mail server, which is none, writes."""
    folder = portal.folder / "mail"
    settings.SLUICE_MAIL_URL, settings.SLUICE_PORTAL_URL = f"file://{folder}", URL
    portal.environment.update(
        SLUICE_MAIL_URL=f"file://{folder}", SLUICE_MAIL_FROM="sluice@vendor.example", SLUICE_PORTAL_URL=URL
    )
    return folder


def test_no_mail_is_lost_with_the_worker_and_redis(portal: Installation, mails: Path) -> None:
    written = write()
    with portal.worker() as worker:
        wait_for(lambda: rows().filter(lease_until__isnull=False).exists(), 60, "a claim")
        os.killpg(worker.pid, KILLED)
        portal.stop_redis(KILLED)
    portal.start_redis(emptied=True)
    assert rows().filter(state=OutboxState.WAITING).exists(), "too late: everything was sent"
    rows().filter(lease_until__isnull=False).update(lease_until=Now())  # the time that nothing renews is over
    with portal.worker():
        wait_for(lambda: not rows().exclude(state=OutboxState.DELIVERED).exists(), 60, "the last mail")
    sent = Counter(re.findall(r"^Message-ID: <(\w+)@", text_of(mails), re.MULTILINE))
    assert set(sent) == written
    assert sum(sent.values()) - len(written) <= PROCESSES, "at most what the killed processes had in hand twice"


def write() -> set[str]:
    for number in range(TENANTS):
        tenant = Tenant.objects.create(slug=f"north-{number}", name="North")
        to = [person(f"ada@north-{number}.example", tenant)]
        message = Message("notification.ready", integration="sensors", tenant="North")
        for event in range(EVENTS):
            outbox.write(kinds.INTEGRATION_READY, message, event=f"event-{event}", to=to, tenant=tenant)
    return set(rows().values_list("uid", flat=True))


def rows() -> Any:
    return OutboxItem.objects.filter(channel=Channel.MAIL)


def text_of(folder: Path) -> str:
    return "\n".join(file.read_text() for file in folder.iterdir())
