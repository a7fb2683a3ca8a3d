"""The environment of child processes that read what others sent, under limits of memory and time."""

import os
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]


def child_environment() -> dict[str, str]:
    """Return the only variables that such a process gets: none of ours that is secret is among them."""
    # One arena, or glibc's reservations for threads would count against the memory limit.
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(_ROOT),
        "MALLOC_ARENA_MAX": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
