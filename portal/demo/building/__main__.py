"""The building's process: collects keys, sends records, and publishes AWS's metrics, until SIGTERM.

`python -m portal.demo.building TOKEN_FILE PRIVATE_KEY_FILE SENDER_KEY_FILE SITUATION_FILE`. It knows the portal's
address and an API token, and has no database, no Redis and no secret of the portal.
"""

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from portal.aws.credentials import AwsCredentials
from portal.aws.session import AwsSession
from portal.demo.building.floor import Floor
from portal.demo.building.situations import Switch
from portal.demo.building.vendor_api import VendorApi, over_http
from portal.local.ministack import DEFAULT_REGION
from portal.log_lines import LogLines

CHECK_SECONDS = 2
PUBLISH_SECONDS = 10


def main(arguments: Sequence[str]) -> None:
    """Run until stopped; the arguments are the files with the API token, the vendor's private key, the access key with
    which it assumes clients' roles, and the file of the switch, which need not exist."""
    _write_log()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    token = Path(arguments[0]).read_text(encoding="utf-8").strip()
    portal = VendorApi(token, over_http(os.environ["SLUICE_PORTAL_URL"]))
    floor = Floor(portal, Path(arguments[1]), _sender(Path(arguments[2])))
    switch = Switch(Path(arguments[3]))
    published_at = time.monotonic()
    while not stopped.wait(CHECK_SECONDS):
        floor.behave(switch.read())
        floor.check_for_keys()
        floor.try_withdrawn_keys()
        if time.monotonic() - published_at >= PUBLISH_SECONDS:
            published_at = time.monotonic()
            floor.publish(datetime.now(UTC))
    floor.stop()


def _sender(file: Path) -> AwsSession:
    key = json.loads(file.read_text(encoding="utf-8"))
    credentials = AwsCredentials(key["AWS_ACCESS_KEY_ID"], key["AWS_SECRET_ACCESS_KEY"])
    return AwsSession(region=DEFAULT_REGION, credentials=credentials)


def _write_log() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(LogLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in ("botocore", "boto3", "urllib3"):  # at DEBUG these print secrets
        logging.getLogger(name).setLevel(logging.WARNING)


if __name__ == "__main__":
    main(sys.argv[1:])
