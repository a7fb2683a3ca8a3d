"""`python -m tests.bench.counted_tap`: the tap as it is, only that each of its renders is counted in Redis."""

from typing import Any
from unittest.mock import patch

import django

COUNTER = "bench:renders"


def main() -> None:
    """Run a tap until SIGTERM."""
    django.setup()
    from django.core.management import call_command
    from django.template.loader import render_to_string

    from portal import live

    def counted(template: str, context: dict[str, Any]) -> str:
        live.connect().incr(f"{COUNTER}:{template}")
        return render_to_string(template, context)

    with patch("monitoring.tap.publisher.render_to_string", counted):
        call_command("tap")


if __name__ == "__main__":
    main()
