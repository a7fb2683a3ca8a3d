"""The program `aws` of the demo: hands its command to the server of `portal.demo.aws_cli_server`, started if need be.

It runs as a script and without site-packages, so that it starts at once: it imports nothing but small parts of Python.
"""

import array
import json
import os
import socket
import subprocess
import sys
import time

SERVER_SECONDS = 60


def main(address: str, project: str, *arguments: str) -> int:
    """Carry out one command of the AWS CLI, and return its exit status."""
    folder = os.getcwd()  # noqa: PTH109  (loading pathlib would take a third of the time)
    request = {"arguments": arguments, "environment": dict(os.environ), "folder": folder}
    with _connected(address, project) as connection:
        files = array.array("i", [0, 1, 2])
        message = json.dumps(request).encode() + b"\n"
        sent = connection.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
        if sent < len(message):  # a quick command has been answered by now, and sending nothing would fail
            connection.sendall(message[sent:])
        status = connection.recv(1)
    return status[0] if status else 255


def _connected(address: str, project: str) -> socket.socket:
    deadline, is_started = time.monotonic() + SERVER_SECONDS, False
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            if time.monotonic() > deadline:
                raise
        else:
            return connection
        if not is_started:
            _start(address, project)
            is_started = True
        time.sleep(0.02)


def _start(address: str, project: str) -> None:
    subprocess.Popen(
        [sys.executable, "-m", "portal.demo.aws_cli_server", address],
        env={**os.environ, "PYTHONPATH": project},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
