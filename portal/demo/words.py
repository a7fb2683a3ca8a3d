"""What the demo prints."""

import os
from pathlib import Path

from portal.demo.cast import NORTHWIND, PASSWORD, PEOPLE
from portal.demo.places import Places


def say(line: str) -> None:
    """Print a line of progress."""
    print(line, flush=True)


def ready(address: str, places: Places) -> str:
    """Return the closing words of the start: where Sluice is, who can sign in, and what to do first."""
    widest = max(len(person.email) for person in PEOPLE)
    people = "\n".join(f"  {person.email:<{widest}}  {person.what}" for person in PEOPLE)
    return f"""
Sluice is ready at {address}

Sign in as one of these people; everybody's password is {PASSWORD} (demo only).

{people}

First steps, as {PEOPLE[0].email}:
  1. Connect AWS account {NORTHWIND.account_id} and download the role's template.
  2. There is no AWS console here. In another terminal, let the client's account take the template:
       make demo-grant FILE=~/Downloads/sluice-access.yaml
     It prints the role's ARN, which the page asks for.

Logs are in {_short(places.logs)}. Ctrl-C stops everything; the next start goes on from here (--fresh forgets).
"""


def _short(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
