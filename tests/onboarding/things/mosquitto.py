"""Debian's mosquitto_pub, as the package of a device calls it; AWS's address leads to the emulator."""

import shlex
from pathlib import Path

UNPACKED = Path(__file__).resolve().parents[3] / "var/mosquitto"


def install(folder: Path, host: str, port: int) -> None:
    """Write the program `mosquitto_pub` into a folder, to be put on a PATH."""
    program = UNPACKED / "usr/bin/mosquitto_pub"
    if not program.exists():
        raise RuntimeError("mosquitto_pub is missing: make var/mosquitto/.unpacked")
    [library] = UNPACKED.glob("usr/lib/*/libmosquitto.so.1")
    called = folder / "mosquitto_pub"
    called.write_text(
        "#!/bin/sh\n"
        f'case " $* " in *{shlex.quote(f" -h {host} -p 8883 ")}*) ;; *) exit 2 ;; esac\n'
        f"export LD_LIBRARY_PATH={shlex.quote(str(library.parent))}\n"
        'for word; do shift; case "$word" in\n'
        f'  {host}) set -- "$@" localhost ;; 8883) set -- "$@" {port} ;; *) set -- "$@" "$word" ;;\n'
        "esac; done\n"
        f'exec {shlex.quote(str(program))} "$@"\n'
    )
    called.chmod(0o755)
