"""An access key that is also encrypted for mail is nowhere in plain text: not while it is created, sent or received."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from onboarding.models.pgp_key import PgpKey
from onboarding.models.states import RunState
from portal.outbox import tasks
from tests import clock
from tests.faults.case import Case, new_case
from tests.faults.leaks import RedisCommands, leaks
from tests.faults.scenario import Kill, Rig, run_worker
from tests.onboarding.possession import prove
from tests.smtp_sink import Sink, smtp_sink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
CLIENT, VENDOR = "ada@estate.example", "keys@vendor.example"


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    settings.SLUICE_VENDOR_KEY_MAIL = VENDOR
    with smtp_sink(settings) as found:
        yield found


def mailed_case(rig: Rig) -> Case:
    case = new_case(rig.client_key, kinds=())
    recipient = PgpKey.objects.get(tenant=case.run.integration.tenant_id)
    PgpKey.objects.filter(pk=recipient.pk).update(mail_address=CLIENT)
    prove(recipient)
    return case


def mails_of(sink: Sink) -> dict[str, bytes]:
    return {to: content for [to], content in sink.received}


@pytest.mark.parametrize("kills", [(), ("after PutRecord/worker",)])
def test_no_secret_is_left_by_mail(
    rig: Rig, tmp_path: Path, sink: Sink, redis_commands: RedisCommands, clean_redis: None, kills: tuple[str, ...]
) -> None:
    mailing = replace(rig, folder=tmp_path)
    case = mailed_case(mailing)
    for number, place in enumerate((*kills, "")):
        run_worker(mailing, case, Kill(sealing=place), trail=tmp_path / "trail", number=number)
        clock.pass_until_lease_ends(case.run_id)
    assert case.run.state == RunState.DONE
    tasks.deliver()
    mails = mails_of(sink)
    assert mails.keys() == {CLIENT, VENDOR}
    assert all(b"-----BEGIN PGP MESSAGE-----" in content for content in mails.values())
    secrets = mailing.secrets_file.read_text().split()
    assert len(secrets) >= 1 + len(kills)
    received = {"MONITOR": redis_commands.received, **mails}
    assert leaks(mailing.log, secrets, received) == []
    assert leaks(mailing.log, secrets, received | {"a planted mail": secrets[-1].encode()}) == ["a planted mail"]
