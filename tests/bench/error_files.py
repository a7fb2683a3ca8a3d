"""Failed deliveries: from an error file in the bucket to the page that shows it, with a worker and beat."""

import base64
import json
import os
import secrets
import time
from datetime import UTC, datetime

from django.test import Client

from monitoring.failed_deliveries.stored import stored_failures
from onboarding.models.integration import Integration
from onboarding.spec.integration_spec import from_row
from portal import live
from portal.aws.s3 import create_bucket
from portal.aws.session import AwsSession
from tests.bench import estate
from tests.bench.machine import Machine
from tests.bench.measurements import Measurement, NotMeasured

COLLECT_SECONDS = 60  # the portal's usual interval
FILES = 3
MOST_SECONDS = 240.0
PAUSE_SECONDS = 0.25


def shown(machine: Machine, seconds: float) -> list[Measurement]:
    """Write error files at different moments between two readings, and measure until the open page shows each."""
    tenant = estate.new_tenant()
    (connection,) = estate.connected(tenant, 1, allow_failures=True)
    (uid,) = estate.live_streams(tenant, 1, connection=connection)
    page = _Page(tenant.integrations.get(uid=uid), estate.signed_in(estate.member(tenant)))
    create_bucket(estate.root(connection), page.bucket, estate.REGION)
    before = os.environ["SLUICE_COLLECT_SECONDS"]
    os.environ["SLUICE_COLLECT_SECONDS"] = str(COLLECT_SECONDS)
    processes = [machine.worker(concurrency=2), machine.beat()]
    try:
        page.wait_for(0)  # the reading of a page that is opened
        found = [_shown(page, estate.root(connection), number) for number in range(1, FILES + 1)]
    finally:
        machine.end(*processes)
        os.environ["SLUICE_COLLECT_SECONDS"] = before
        estate.forget([uid])
    note = f"the slowest of {FILES} files, the first written right after a reading; AWS without latency"
    return [Measurement("from an error file to the page that shows it", max(found), 120, "s", note)]


class _Page:
    """The page of a stream's deliveries, which someone has open."""

    def __init__(self, integration: Integration, browser: Client) -> None:
        (delivery,) = from_row(integration.spec).deliveries
        self.uid, self.delivery, self.bucket = integration.uid, delivery.name, delivery.bucket
        self._address = f"/t/{integration.tenant.slug}/streams/{integration.uid}/deliveries/"
        self._browser = browser

    def wait_for(self, count: int) -> None:
        """Wait until a worker has read so many records, which is an event for the page, then load what it loads."""
        end = time.monotonic() + MOST_SECONDS
        if not count:
            self.html()
        while True:
            live.hold({f"stream:{self.uid}:clear": 1}, process="bench")
            found = stored_failures(self.uid, self.delivery)
            if found is not None and found.problem is not None:
                raise NotMeasured(str(found.problem))
            if found is not None and found.count >= count:
                break
            if time.monotonic() > end:
                raise NotMeasured(f"it was not read within {MOST_SECONDS:.0f} s")
            time.sleep(PAUSE_SECONDS)
        if count and f">{count}<" not in self.html():
            raise NotMeasured("the page does not show it")

    def html(self) -> str:
        """Return the part that the page loads."""
        return self._browser.get(self._address, {"part": "failures", "delivery": self.delivery}).content.decode()


def _shown(page: _Page, root: AwsSession, number: int) -> float:
    time.sleep((number - 1) * COLLECT_SECONDS / FILES)
    began = time.monotonic()
    key = f"errors/processing-failed/{datetime.now(UTC):%Y/%m/%d/%H}/{secrets.token_hex(8)}"
    root.client("s3").put_object(Bucket=page.bucket, Key=key, Body=_file())
    page.wait_for(number)
    return time.monotonic() - began


def _file() -> bytes:
    now = int(1000 * time.time())
    document = {
        "attemptsMade": 4,
        "arrivalTimestamp": now,
        "attemptEndingTimestamp": now,
        "errorCode": "Lambda.FunctionError",
        "errorMessage": "The Lambda function was successfully invoked but it returned an error result.",
        "rawData": base64.b64encode(b'{"celsius": 21.5}').decode(),
    }
    return json.dumps(document).encode() + b"\n"
