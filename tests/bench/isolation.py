"""Row-level security: what it costs a page, measured side by side with a process that has none."""

import os
import statistics

from tests.bench import estate
from tests.bench.machine import HOST, Machine
from tests.bench.measurements import Measurement
from tests.bench.pages import MANY, milliseconds

ROUNDS, WARM = 150, 5
MOST_PERCENT = 10


def isolation(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure the boards of a thousand streams: the operators', which covers all tenants, and the tenant's own."""
    tenant = estate.new_tenant()
    uids = estate.live_streams(tenant, MANY)
    estate.live_streams(other := estate.new_tenant(), MANY)
    staff, member = estate.signed_in(estate.operator()), estate.signed_in(estate.member(tenant))
    boards = (
        ("operators' board", "/board/", staff.cookies["sessionid"].value),
        ("tenant's board", f"/t/{tenant.slug}/streams/", member.cookies["sessionid"].value),
    )
    bound, port = machine.web()
    free, other_port = machine.web(
        application="tests.bench.unscoped_web:application", DATABASE_URL=os.environ["DATABASE_OWNER_URL"]
    )
    try:
        measured = [_cost(name, path, cookie, port, other_port) for name, path, cookie in boards]
    finally:
        machine.end(bound, free)
    estate.forget([*uids, *other.integrations.values_list("uid", flat=True)])
    return measured


def _cost(name: str, path: str, cookie: str, port: int, other_port: int) -> Measurement:
    """Ask both in turn, so that other work on the machine disturbs both alike."""
    urls = [f"http://{HOST}:{number}{path}" for number in (port, other_port)]
    rounds = [[milliseconds(url, cookie) for url in urls] for _ in range(WARM + ROUNDS)][WARM:]
    bound, free = (statistics.median(times) for times in zip(*rounds, strict=True))
    note = f"median {bound:.1f} ms with it, {free:.1f} ms without"
    return Measurement(
        f"row-level security, {name} of {MANY:,} streams", 100 * (bound / free - 1), MOST_PERCENT, "%", note
    )
