"""Pages: how long the server works on them, how many questions it asks PostgreSQL, and what they weigh."""

import gzip
import re
import time
import urllib.request
from datetime import timedelta
from http import HTTPStatus

from django.conf import settings
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitoring.collection.collector import store_assessment
from monitoring.collection.range_queries import queries_of
from monitoring.records.sample_buffer import SampleBuffer, monotonic_seconds
from monitoring.series import ShardSeries, StreamSeries
from monitoring.shards.known_shard import HASH_KEYS
from monitoring.shards.stored import keep_shards
from monitoring.time_ranges import store
from monitoring.time_ranges.range_metrics import RangeMetrics
from monitoring.time_ranges.time_range import chosen
from monitoring.watched_streams import WatchedStream, watched_stream
from portal import live
from portal.aws.records import DataRecord
from portal.aws.shards import Shard
from tests.bench import estate
from tests.bench.machine import HOST, Machine
from tests.bench.measurements import Measurement, NotMeasured, p95
from tests.monitoring.poisoned import rows_of

REQUESTS, WARM = 60, 3
FEW, MANY = 10, 1000
SHARDS = 500
_ASSET = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:js|css|svg)(?:#[^"]*)?)"')


def board(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure the operators' board with a few streams and with many."""
    tenant, browser = estate.new_tenant(), estate.signed_in(estate.operator())
    uids = estate.live_streams(tenant, FEW)
    few = _queries(browser, "/board/")
    uids += estate.live_streams(tenant, MANY - FEW)
    many = _queries(browser, "/board/")
    took = _times(machine, browser, "/board/")
    estate.forget(uids)
    return [
        Measurement(f"board of {MANY:,} streams, server time p95", p95(took), 50, "ms", _median(took)),
        Measurement("queries it asks more than with ten streams", many - few, 0, note=f"{few} and {many}"),
    ]


def shards(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure the page of a stream with many shards, three hours of metrics for each, and a hundred records."""
    tenant = estate.new_tenant()
    browser = estate.signed_in(estate.member(tenant))
    uid = _watched(tenant.slug, SHARDS)
    took = _times(machine, browser, f"/t/{tenant.slug}/streams/{uid}/")
    estate.forget([uid])
    return [Measurement(f"stream page with {SHARDS} shards, server time p95", p95(took), 70, "ms", _median(took))]


def ranges(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure the page of a stream's metrics over seven days, with its two shards, as a worker left them in Redis."""
    tenant = estate.new_tenant()
    browser = estate.signed_in(estate.member(tenant))
    (uid,) = estate.live_streams(tenant, 1, shards=2)
    stream = watched_stream(uid)
    if stream is None:
        raise NotMeasured("the stream is not there")
    listed = [_listed(number, 2) for number in range(2)]
    keep_shards(stream.integration_id, listed, {}, now=timezone.now())
    values = _read_weeks(stream, tuple(shard.shard_id for shard in listed))
    took = _times(machine, browser, f"/t/{tenant.slug}/streams/{uid}/metrics/?range=7d")
    estate.forget([uid])
    note = f"{_median(took)}; {values:,} values"
    return [Measurement("metrics over 7 days of a stream with 2 shards, server time p95", p95(took), 120, "ms", note)]


def _read_weeks(stream: WatchedStream, shards: tuple[str, ...]) -> int:
    """Keep the week until now and the one that begins meanwhile, if an hour ends; return how many values one has."""
    newest, values = timezone.now() - timedelta(seconds=settings.SLUICE_METRIC_DELAY_SECONDS), 0
    for later in (0, 600):
        week = chosen({"range": "7d"}, now=newest + timedelta(seconds=later)).range
        if week is None:
            raise NotMeasured("there is no such range")
        keys = [query.key for query in queries_of(stream, week, shards)]
        steps = int((week.end - week.start).total_seconds() // week.period)
        times = [week.start + timedelta(seconds=week.period * step) for step in range(steps)]
        points = tuple((at, 100_000.0 + place % 97) for place, at in enumerate(times))
        store.keep(stream.uid, week, RangeMetrics(dict.fromkeys(keys, points)), shards)
        values = len(keys) * steps
    return values


def _listed(number: int, count: int) -> Shard:
    part = HASH_KEYS // count
    return Shard(f"shardId-{number:012d}", None, None, number * part, (number + 1) * part - 1, "1", None)


def weight(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure what a browser without a cache loads for the page of a stream with two shards and a hundred records."""
    tenant = estate.new_tenant()
    cookie = estate.signed_in(estate.member(tenant)).cookies["sessionid"].value
    uid = _watched(tenant.slug, 2)
    process, port = machine.web()
    try:
        page = f"http://{HOST}:{port}/t/{tenant.slug}/streams/{uid}/"
        html, sent = _loaded(page, cookie)
        assets = sorted(set(_ASSET.findall(html.decode())))
        sizes = {asset: _loaded(f"http://{HOST}:{port}{asset}", cookie)[1] for asset in assets}
    finally:
        machine.end(process)
    estate.forget([uid])
    files = sum(sizes.values())
    note = f"straight from the web process; HTML {sent / 1000:.1f}, {len(sizes)} files {files / 1000:.1f}"
    return [
        Measurement("page weight of the stream page, compressed, first visit", (sent + files) / 1000, 150, "kB", note)
    ]


def _queries(browser: Client, path: str) -> int:
    with CaptureQueriesContext(database) as asked:
        answer = browser.get(path)
    if answer.status_code != HTTPStatus.OK:
        raise NotMeasured(f"{path} answered {answer.status_code}")
    return len(asked)


def _times(machine: Machine, browser: Client, path: str) -> list[float]:
    """Ask a web process again and again; return how many milliseconds each answer took."""
    cookie = browser.cookies["sessionid"].value
    process, port = machine.web()
    try:
        took = [milliseconds(f"http://{HOST}:{port}{path}", cookie) for _ in range(WARM + REQUESTS)]
    finally:
        machine.end(process)
    return took[WARM:]


def milliseconds(url: str, cookie: str) -> float:
    """Request a page; return how long the answer took."""
    began = time.perf_counter()
    _loaded(url, cookie)
    return 1000 * (time.perf_counter() - began)


def _median(took: list[float]) -> str:
    return f"median {sorted(took)[len(took) // 2]:.0f} ms of {len(took)}"


def _watched(slug: str, count: int) -> str:
    """Make a live stream whose metrics and records are in Redis as a collection and a tap leave them."""
    from portal.tenancy.models import Tenant

    (uid,) = estate.live_streams(Tenant.objects.get(slug=slug), 1, shards=count)
    end = timezone.now().replace(second=0, microsecond=0)
    names = ("records", "bytes", "throttled_writes", "throttled_reads", "iterator_age", "put_success")
    metrics = {name: estate.points(place, end) for place, name in enumerate(names)}
    parts = tuple(_shard(number, count) for number in range(count))
    found = StreamSeries(end - timedelta(minutes=estate.MINUTES), end, metrics, parts)
    stream = watched_stream(uid)
    if stream is None:
        raise NotMeasured("the stream is not there")
    store_assessment(stream, found, timezone.now())
    _fill(uid)
    return uid


def _shard(number: int, count: int) -> ShardSeries:
    metrics = {"records": estate.points(number), "bytes": estate.points(number + 1)}
    return ShardSeries(f"shardId-{number:012d}", number / count, (number + 1) / count, (), metrics)


def _fill(uid: str) -> None:
    now = timezone.now()
    data = [
        b'{"sensor": "north-%d", "reading": {"temperature": 21.5, "co2": 612}, "at": %d}' % (n, n) for n in range(100)
    ]
    records = [DataRecord(str(n), now, f"north-{n}", text, "shardId-000000000000") for n, text in enumerate(data)]
    rows = [row for record in records for row in rows_of(record)]
    SampleBuffer(uid, live.connect()).add(rows, now=monotonic_seconds())


def _loaded(url: str, cookie: str) -> tuple[bytes, int]:
    """Return a body, unpacked, and how many bytes came over the wire for it."""
    headers = {"Cookie": f"sessionid={cookie}", "Accept-Encoding": "gzip"}
    asked = urllib.request.Request(url, headers=headers)  # noqa: S310  (our own server)
    with urllib.request.urlopen(asked) as answer:  # noqa: S310  (our own server)
        body: bytes = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(body) if packed else body), len(body)
