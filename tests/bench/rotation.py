"""The access keys of a hundred integrations are rotated at once, while the vendor sends with the newest key of each."""

import time
from collections.abc import Sequence
from datetime import timedelta
from statistics import median

from onboarding.models.integration import Integration
from onboarding.models.rotation import OPEN_STATES, Rotation
from onboarding.models.states import CredentialState, RotationState
from onboarding.rotations import requests
from portal.openpgp.generate import generate_keypair
from tests.bench import estate
from tests.bench.machine import Machine, composed_concurrency
from tests.bench.measurements import Measurement, NotMeasured
from tests.bench.prober import Prober
from tests.bench.process_tree import cpu_seconds
from tests.bench.provisioning import LATENCY, finished, started

COUNT, OF_TENANT = 100, 50
SETUP_SECONDS, LONGEST_SECONDS = 900.0, 1200.0
STREAM = "sluice-sensors"


def rotation(machine: Machine, seconds: float) -> list[Measurement]:
    """Set the integrations up against a quick AWS, then rotate their keys against the slow one."""
    certificate, private_key = generate_keypair("Ada <ada@estate.example>")
    threads = composed_concurrency()
    worker, beat = machine.worker(concurrency=threads), machine.beat()
    try:
        integrations = _set_up(certificate)
        prober = Prober(integrations, private_key, STREAM)
        machine.aws.slow(latency=LATENCY, states=True)
        prober.start()
        try:
            used = cpu_seconds(worker.pid)
            rotations = _rotated(integrations)
            used = cpu_seconds(worker.pid) - used
        finally:
            prober.stop()
    finally:
        machine.end(worker, beat)
        machine.aws.slow(latency=0, states=False)
    return [*_sent(prober, len(rotations)), *_ended(integrations, rotations, used, threads)]


def _set_up(certificate: str) -> list[Integration]:
    runs = []
    for first in range(0, COUNT, OF_TENANT):
        tenant = estate.new_tenant()
        key = estate.key_of(tenant, certificate)
        connections = estate.connected(tenant, min(OF_TENANT, COUNT - first))
        runs += [started(connection, key) for connection in connections]
    return [run.integration for run in finished(runs, SETUP_SECONDS)]


def _rotated(integrations: Sequence[Integration]) -> list[Rotation]:
    _, refused = requests.rotate_many(integrations=integrations, actor=estate.ACTOR, wait=timedelta(0))
    if refused:
        raise NotMeasured(f"{len(refused)} rotations were refused: {refused[0][1]}")
    rows = Rotation.objects.filter(integration__in=integrations)
    deadline = time.monotonic() + LONGEST_SECONDS
    while rows.filter(state__in=OPEN_STATES).exists():
        if time.monotonic() > deadline:
            states = sorted(rows.values_list("state", flat=True))
            raise NotMeasured(f"not done after {LONGEST_SECONDS:.0f} s: {states}")
        time.sleep(0.2)
    return list(rows.select_related("new"))


def _sent(prober: Prober, count: int) -> list[Measurement]:
    rejected = [code for sent in prober.sent.values() for code in sent.rejected]
    accepted = sum(len(sent.accepted) for sent in prober.sent.values())
    gap = max(sent.longest_gap for sent in prober.sent.values())
    note = f"of {accepted + len(rejected):,} with the newest key of each, at most {gap:.1f} s apart"
    note += f": {', '.join(sorted(set(rejected)))}" if rejected else ""
    return [Measurement(f"records rejected while {count} keys are rotated at once", len(rejected), 0, note=note)]


def _ended(
    integrations: Sequence[Integration], rotations: Sequence[Rotation], used: float, threads: int
) -> list[Measurement]:
    failed = [row for row in rotations if row.state != RotationState.DONE]
    orphaned = sum(_orphaned(integration) for integration in integrations)
    took = [(row.finished_at - row.created_at).total_seconds() for row in rotations if row.finished_at]
    name = f"of {len(rotations)} rotations at once"
    return [
        Measurement(f"failures {name}", len(failed), 0),
        Measurement(f"IAM users and access keys left {name}", orphaned, 0, note="beside the one of each integration"),
        Measurement(f"the last {name}", max(took), None, "s", f"median {median(took):.0f} s; {threads} threads"),
        Measurement(f"CPU {name}, each", used / len(rotations), 0.6, "s", "worker and what it starts"),
    ]


def _orphaned(integration: Integration) -> int:
    """Count the users and keys in an account beside those of its one usable key."""
    assert integration.connection is not None
    iam = estate.root(integration.connection).client("iam")
    usable = integration.credentials.filter(state__in=[CredentialState.READY, CredentialState.IN_USE])
    ours = set(usable.values_list("user_name", "access_key_id"))
    names = [user["UserName"] for user in iam.list_users(PathPrefix="/sluice/")["Users"]]
    keys = {
        (name, row["AccessKeyId"]) for name in names for row in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    }
    unused = [name for name in names if name not in {user for user, _ in keys}]
    return len(keys ^ ours) + len(unused)
