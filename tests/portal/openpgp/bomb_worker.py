"""A worker that checks uploads, for tests of what that costs: `python -m tests.portal.openpgp.bomb_worker`.

Each line of standard input is an upload in base64. Each line of standard output is what it found, and what it and all
of its children used: the CPU for this upload, and the largest memory of any process so far.
"""

import base64
import json
import re
import resource
import sys
from pathlib import Path

from portal.openpgp.certificates import inspect
from portal.openpgp.refusals import CertificateRefused


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin.buffer:
        blob, before = base64.b64decode(line), _cpu_seconds()
        print(json.dumps({"found": _found(blob), "cpu": _cpu_seconds() - before, "memory": _memory()}), flush=True)


def _found(blob: bytes) -> str:
    try:
        return inspect(blob).fingerprint
    except CertificateRefused as refused:
        return refused.message.code


def _cpu_seconds() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _memory() -> int:
    # Its own ru_maxrss begins with that of the process that started it, which can be anything.
    own = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return max(int(own[1]) if own else 0, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


if __name__ == "__main__":
    main()
