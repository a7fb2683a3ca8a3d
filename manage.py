#!/usr/bin/env python
"""Django's command line for Sluice."""

import json
import os
import sys

from portal import log_lines
from portal.env import BadEnvironment

# These commands reach no server, so they need none of the portal's settings.
OFFLINE = (("records", "decode"), ("pgpkey", "inspect"), ("estimate",))


def main() -> None:
    log_lines.log_uncaught()
    if any(tuple(sys.argv[1 : 1 + len(command)]) == command for command in OFFLINE):
        os.environ["DJANGO_SETTINGS_MODULE"] = "portal.offline_settings"
    else:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except BadEnvironment as error:
        entry = {"code": "command.bad_environment", "params": {}, "text": str(error), "todo": ""}
        sys.exit(json.dumps({"errors": [entry]}) if "--json" in sys.argv else str(error))


if __name__ == "__main__":
    main()
