"""A mail server that keeps what it receives: real SMTP over a socket, without a network."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Sink:
    """The mails that were received, each as its bytes, with the recipients of the envelope; `refusal` refuses them."""

    port: int = 0
    received: list[tuple[list[str], bytes]] = field(default_factory=list)
    refusal: str = ""


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 sink.example ESMTP")
        to: list[str] = []
        for line in iter(self.rfile.readline, b""):
            verb = line[:4].upper().decode()
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "RCPT":
                to.append(line.decode().split("<")[1].split(">")[0])
            if verb == "DATA":
                self._say("354 go ahead")
                self._take(to)
                to = []
            else:
                self._say("250 ok")

    def _take(self, to: list[str]) -> None:
        lines = list(iter(self.rfile.readline, b".\r\n"))
        assert isinstance(self.server, _Server)
        sink = self.server.sink
        if not sink.refusal:
            # Dots that begin a line are doubled on the way: https://www.rfc-editor.org/rfc/rfc5321#section-4.5.2
            sink.received.append((to, b"".join(line[line.startswith(b".") :] for line in lines)))
        self._say(sink.refusal or "250 queued")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    sink: Sink
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def smtp_sink(settings: Any) -> Iterator[Sink]:
    """Serve on a free port, and point Django's mail at it."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        sink = Sink(port=server.server_address[1])
        server.sink = sink
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 10
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://127.0.0.1?tls=off", "sluice@vendor.example"
        settings.SLUICE_PORTAL_URL = "https://portal.example"
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join(10)
