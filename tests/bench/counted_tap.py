"""`python -m tests.bench.counted_tap`: the tap as it is, only that each of its renders is counted in Redis."""

from typing import Any

import django

COUNTER = "bench:renders"


def main() -> None:
    """Run a tap until SIGTERM."""
    django.setup()
    from django.core.management import call_command

    from monitoring import tap
    from portal import live

    theirs = tap.render_to_string

    def counted(template: str, context: dict[str, Any]) -> str:
        live.connect().incr(f"{COUNTER}:{template}")
        return str(theirs(template, context))

    tap.render_to_string = counted
    call_command("tap")


if __name__ == "__main__":
    main()
