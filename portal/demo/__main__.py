"""`python -m portal.demo`: start everything, print its address, and stop everything on Ctrl-C."""

import sys

# First, and in syntax that every Python 3 can parse: the rest uses newer syntax.
if sys.version_info < (3, 11):  # noqa: UP036  (the very check)
    sys.exit("Sluice needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2])  # noqa: UP031  (see above)

import argparse
from pathlib import Path

from portal.demo import checks
from portal.demo.places import PROJECT, Places
from portal.demo.supervisor import Supervisor


def parser() -> argparse.ArgumentParser:
    """Return the parser of the program."""
    program = argparse.ArgumentParser(
        prog="python -m portal.demo", description="Run Sluice on this machine, with an emulated AWS."
    )
    program.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="The web server's address (127.0.0.1).")
    program.add_argument("--port", type=int, default=8000, help="The web server's port (8000).")
    program.add_argument("--fresh", action="store_true", help="Delete the state of the last demo before starting.")
    program.add_argument(
        "--state", type=Path, default=PROJECT / "var", metavar="FOLDER", help="The folder for all state (var/)."
    )
    return program


def main(arguments: list[str]) -> int:
    """Run the demo; exit status 0 when stopped, 1 when a process ended unexpectedly, 2 when it cannot start."""
    given = parser().parse_args(arguments)
    problem = checks.problem(host=given.host, port=given.port)
    if problem:
        print(problem, file=sys.stderr)
        return 2
    places = Places(given.state.resolve())
    return Supervisor(places, host=given.host, port=given.port).run(fresh=given.fresh)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
