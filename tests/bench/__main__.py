"""`python -m tests.bench [PART …]`: measure, and print the results beside their limits.

A report, never a test: exit status 0 also when a limit is missed, 1 when a measurement itself could not be made.
"""

import argparse
import importlib
import os
import sys
import time
import traceback

from tests.bench.measurements import Measurement, NotMeasured, table

# In this order: those that need a quiet machine first, then the one that takes what time is left. What takes longer
# than all of them is measured only when it is asked for.
PARTS = {
    "board": "pages:board",
    "isolation": "isolation:isolation",
    "shards": "pages:shards",
    "ranges": "pages:ranges",
    "weight": "pages:weight",
    "sign-in": "sign_in:sign_in",
    "cloudwatch": "collection:cloudwatch",
    "collection": "collection:thousand",
    "bill": "collection:bill",
    "stale": "staleness:stale",
    "error-files": "error_files:shown",
    "decoding": "decoding:decoding",
    "decoder-ratio": "decoder_ratio:ratios",
    "throughput": "following:throughput",
    "filtering": "following:filtering",
    "following": "following:following",
    "searching": "searching:searching",
    "viewers": "viewing:viewers",
    "streams": "viewing:streams",
    "viewers-memory": "viewers_memory:viewers_memory",
    "provisioning": "provisioning:provisioning",
    "script": "exported_script:script",
    "recovery": "provisioning:recovery",
    "many": "provisioning:many",
    "fairness": "fairness:fairness",
    "notifications": "notifications:notifications",
    "hundreds": "provisioning:hundreds",
    "rotation": "rotation:rotation",
    "memory": "memory:memory",
    "broker": "broker:broker",
}
LONG = {
    "error-files",
    "filtering",
    "following",
    "searching",
    "viewers-memory",
    "hundreds",
    "rotation",
    "memory",
    "broker",
}
SECONDS = 430.0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the program."""
    program = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Measure, and print the results beside their limits."
    )
    parts = f"A part to measure (all but {', '.join(LONG)}): {', '.join(PARTS)}."
    program.add_argument("parts", nargs="*", metavar="PART", help=parts)
    return program


def main(arguments: list[str]) -> int:
    """Run the parts that were asked for, or all."""
    asked = parser().parse_args(arguments).parts
    if unknown := set(asked) - PARTS.keys():
        parser().error(f"There is no part {', '.join(sorted(unknown))}. The parts are: {', '.join(PARTS)}.")
    until = time.monotonic() + SECONDS
    measurements, failed = _measured([name for name in PARTS if name in (asked or PARTS.keys() - LONG)], until)
    note = "This is a report, not a test: other work on this machine affects it."
    print(f"\n{table(measurements)}\n\n{os.cpu_count()} CPUs. {note}")
    for name, why in failed:
        print(f"Not measured: {name}: {why}", file=sys.stderr)
    return 1 if failed else 0


def _measured(names: list[str], until: float) -> tuple[list[Measurement], list[tuple[str, str]]]:
    from tests.bench.machine import Machine

    machine, measurements, failed = Machine(), [], []
    for name in names:
        module, function = PARTS[name].split(":")
        began = time.monotonic()
        try:
            measure = getattr(importlib.import_module(f"tests.bench.{module}"), function)
            measurements += measure(machine, until - began)
        except NotMeasured as why:
            failed.append((name, str(why)))
        except Exception as error:  # what one part stumbles over must not cost the measurements of the others
            traceback.print_exc()
            failed.append((name, repr(error)))
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    machine.stop()
    return measurements, failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
