"""`python -m tests.bench.lone_search ENDPOINT SECONDS`: a filter over what a full shard has received, with its page.

Reads `full_shards` as a worker reads a requested page of history, for so many seconds, and is then cancelled. Writes a
line of JSON for each change that the page sees: seconds since the request, rows, bytes, records searched, the phase.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from monitoring.history.query import HistoryQuery

NAME = "bench"


def main(endpoint: str, seconds: float) -> None:
    """Search, and show what the page sees."""
    os.environ |= {"AWS_ENDPOINT_URL_KINESIS": endpoint, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    django.setup()
    from monitoring.history import store
    from monitoring.history.position import START, Cut
    from monitoring.history.query import HistoryQuery
    from tests.bench.full_shards import RARE_KEY

    query = HistoryQuery(Cut(START), wanted=f'@key = "{RARE_KEY}"')
    store.request(NAME, store.Requested(0, query))
    began = time.monotonic()
    worker = threading.Thread(target=_work, args=(query,))
    worker.start()
    cancelled, before = 0.0, ()
    while worker.is_alive():
        now = time.monotonic() - began
        if not cancelled and now >= seconds:
            store.cancel(NAME)
            cancelled = time.monotonic() - began
        store.want(NAME)
        progress, rows = store.progress_of(NAME), store.rows_of(NAME)
        seen = (len(rows), progress.read_bytes, progress.searched, str(progress.phase))
        if seen != before:
            before = seen
            line = dict(zip(("rows", "bytes", "searched", "phase"), seen, strict=True))
            print(json.dumps({"at": now, "unsearched": progress.unsearched} | line), flush=True)
        time.sleep(0.05)
    print(json.dumps({"cancelled": cancelled, "ended": time.monotonic() - began}), flush=True)


def _work(query: HistoryQuery) -> None:
    from monitoring.history import store
    from monitoring.history.opened import OpenedStream
    from monitoring.history.progress import Progress
    from monitoring.history.turn import Turn
    from onboarding.models.connection import Connection
    from portal.aws.session import AwsSession, portal_session

    @dataclass(frozen=True, slots=True)
    class Full(OpenedStream):
        """The full shard, with a session of its own."""

        def session(self) -> AwsSession:
            return portal_session("eu-west-1")

    stream, progress = Full("full", 0, "full", "bench", 24, Connection(), "eu-west-1", False), Progress()
    while not progress.is_over:
        with closing(Turn(NAME, stream, query, progress)) as turn:
            turn.read()
        progress = turn.progress
        store.keep(NAME, progress)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
