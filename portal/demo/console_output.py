"""What the demo prints."""

import os
from pathlib import Path

from portal.demo.cast import NORTHWIND, PASSWORD, PEOPLE
from portal.demo.places import Places


def say(line: str) -> None:
    """Print a line of progress."""
    print(line, flush=True)


def ready(address: str, places: Places) -> str:
    """Return what the demo prints once it is ready: the address, who can sign in, and the first steps."""
    widest = max(len(person.email) for person in PEOPLE)
    people = "\n".join(f"  {person.email:<{widest}}  {person.what}" for person in PEOPLE)
    return f"""
Sluice is ready at {address}

Sign in as one of these people. The password of all is {PASSWORD} (demo only).

{people}

A password is enough here, also for staff. On a server staff need a second factor; to try one, open Account security in
the menu at the top right. Passkeys work at localhost only.

First steps, as {PEOPLE[0].email}:
  1. Connect AWS account {NORTHWIND.account_id} and download the role's template.
  2. The demo has no AWS console. Deploy the template from another terminal:
       make demo-grant FILE=~/Downloads/sluice-access.yaml
     It prints the role's ARN. Enter it on the page.

Devices of Fabrikam Lofts publish over MQTT with mutual TLS, each with the certificate of its package. The emulator
evaluates the SQL of their topic rule in AWS's place, and puts each record into the data stream by the rule's role.

Logs are in {_short(places.logs)}. Ctrl-C stops everything. The next start resumes from this state (--fresh deletes it).
"""


def _short(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
