"""The exported script for the AWS CLI, run by the AWS CLI against the same slow AWS: what Sluice is compared with."""

import os
import secrets
import subprocess
import tempfile
import time
from pathlib import Path

from onboarding.deliveries.delivery import Delivery
from onboarding.export.resources import resources_of
from onboarding.export.script import cli_script
from onboarding.provisioning.plan import Plan
from onboarding.spec.integration_spec import IntegrationSpec
from tests import real_aws_cli
from tests.bench import estate, provisioning
from tests.bench.machine import Machine
from tests.bench.measurements import Measurement, NotMeasured

LONGEST_SECONDS = 240


def script(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure the script of what the part `provisioning` sets up; it creates no access key and waits for none."""
    alone = provisioning.alone(machine)
    account = f"{secrets.randbelow(9 * 10**11) + 10**11}"
    machine.aws.slow(latency=provisioning.LATENCY, states=True)
    machine.aws.reset()
    try:
        took = _ran(machine, account)
        calls = sum(machine.aws.calls().values())
    finally:
        machine.aws.slow(latency=0, states=False)
    note = f"{alone:.1f} s of {took:.1f} s; the script makes {calls} calls"
    return [Measurement("provisioning ÷ exported script run by the AWS CLI", alone / took, 0.5, note=note)]


def _ran(machine: Machine, account: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        real_aws_cli.install(Path(folder))
        # The emulator takes an account's own number for the key of its root user.
        keys = {"AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "test"}
        shell = {**os.environ, **machine.aws.server.environment, **keys, "PATH": f"{folder}:{os.environ['PATH']}"}
        began = time.monotonic()
        done = subprocess.run(
            ["bash", "-c", cli_script(resources_of(_plan(account)))],
            env=shell,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )
        took = time.monotonic() - began
    if done.returncode:
        raise NotMeasured(f"the script ended with {done.returncode}: {done.stderr[-300:]}")
    return took


def _plan(account: str) -> Plan:
    name = "sluice-sensors"
    bucket = f"{name}-{account}"
    delivery = Delivery(name=f"{name}-to-s3", bucket=bucket, buffering_seconds=60, log_retention_days=90)
    spec = IntegrationSpec("sensors", "c", estate.stream_of(name), (delivery,))
    return Plan("5f0c2d9a1b3c", "bench", account, "aws", "", "sluice-", spec)
