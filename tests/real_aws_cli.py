"""The AWS CLI itself, as clients run it, for scripts whose words must be its own."""

import shlex
import sys
from pathlib import Path


def install(folder: Path) -> None:
    """Write the program `aws` into a folder, to be put on a PATH."""
    program = folder / "aws"
    program.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, "-m", "awscli"])} "$@"\n')
    program.chmod(0o755)
