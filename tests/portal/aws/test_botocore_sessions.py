"""How long a call waits, how often it is tried, and what ends it: a server that hangs, and the time limit of a task."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from billiard.pool import soft_timeout_sighandler

from portal.aws import botocore_sessions
from portal.aws.calls import call
from portal.aws.errors import AwsFault
from portal.aws.session import AwsSession, portal_session

ANSWERS = {
    "silent": b"",
    "broken": b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
}


@dataclass
class Server:
    """Answers every request in the same way, or not at all; counts them."""

    answer: bytes
    requests: int = 0
    received: threading.Event = field(default_factory=threading.Event)
    _kept: list[socket.socket] = field(default_factory=list)

    def serve(self, listening: socket.socket) -> None:
        """Read requests until the listening socket is closed."""
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            self._kept.append(connection)
            connection.recv(65536)
            self.requests += 1
            self.received.set()
            if self.answer:
                connection.sendall(self.answer)
                connection.close()


@contextmanager
def aws_that_is(how: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[AwsSession, Server]]:
    """Yield a session of an AWS that gives this answer."""
    server = Server(ANSWERS[how])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{listening.getsockname()[1]}")
        thread = threading.Thread(target=server.serve, args=(listening,))
        thread.start()
        try:
            yield portal_session(), server
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)


@pytest.mark.parametrize("is_single", [False, True])
def test_the_time_limit_of_a_task_is_no_fault_of_the_network(is_single: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGUSR1, soft_timeout_sighandler)  # as a worker process has it
    with aws_that_is("silent", monkeypatch) as (aws, server):
        client = aws.client("sts", single_attempt=is_single)
        limit = threading.Thread(target=lambda: server.received.wait(5) and os.kill(os.getpid(), signal.SIGUSR1))
        limit.start()
        try:
            with pytest.raises(SoftTimeLimitExceeded):
                client.get_caller_identity()
        finally:
            limit.join(5)
            signal.signal(signal.SIGUSR1, before)
        assert server.requests == 1


@pytest.mark.parametrize(("seconds", "requests"), [(60.0, 3), (0.0, 1)])
def test_a_call_is_not_tried_again_when_it_has_taken_long(
    seconds: float, requests: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(botocore_sessions, "LAST_ATTEMPT_AFTER_SECONDS", seconds)
    with aws_that_is("broken", monkeypatch) as (aws, server):
        with pytest.raises(AwsFault) as caught:
            call(aws, "sts", "GetCallerIdentity")
        assert server.requests == requests
        assert caught.value.retryable
        assert caught.value.code == "503"
