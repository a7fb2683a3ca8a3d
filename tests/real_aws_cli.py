"""The AWS CLI itself, as clients run it, for scripts whose words must be its own."""

import shlex
import sys
from pathlib import Path

CLI_2 = Path(__file__).resolve().parents[1] / "var/aws-cli-2"


def install(folder: Path) -> None:
    """Write the program `aws` into a folder, to be put on a PATH."""
    program = folder / "aws"
    program.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, "-m", "awscli"])} "$@"\n')
    program.chmod(0o755)


def install_2(folder: Path) -> None:
    """Write the program `aws` of version 2, as make unpacked it, for the emulator at AWS_ENDPOINT_URL.

    This version reads no address from the environment.
    """
    packages = CLI_2 / "usr/lib/python3/dist-packages"
    if not packages.exists():
        raise RuntimeError("AWS CLI version 2 is missing: make var/aws-cli-2/.unpacked")
    program = folder / "aws"
    run = shlex.join(["env", f"PYTHONPATH={packages}", "/usr/bin/python3", str(CLI_2 / "usr/bin/aws")])
    program.write_text(f'#!/bin/sh\nexec {run} --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n')
    program.chmod(0o755)
