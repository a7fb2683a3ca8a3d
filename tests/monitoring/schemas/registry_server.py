"""A Confluent Schema Registry on this machine: TLS, basic authentication, schemas by ID, and those of subjects."""

import base64
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

HOST, PUBLIC = "registry.example.com", "93.184.215.14"
ADDRESS = f"https://{HOST}/apis"


@dataclass
class RegistryServer:
    """What it answers, by path; what it was asked, each with the credentials; the key and secret that it requires."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    credentials: str = ""

    def register(self, path: str, schema: object, *references: tuple[str, int], **more: object) -> None:
        """Store an Avro schema at a path, which refers to versions of subjects."""
        named = [{"name": subject, "subject": subject, "version": version} for subject, version in references]
        self.answers[path] = {"schema": json.dumps(schema), **({"references": named} if named else {}), **more}

    def status_of(self, path: str, authorization: str) -> int:
        """Return the status of an answer."""
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        self.asked.append((path, pair))
        if self.credentials and pair != self.credentials:
            return 401
        return 200 if path in self.answers else 404


def handler_of(server: RegistryServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/apis")
            status = server.status_of(path, self.headers.get("Authorization", ""))
            body = json.dumps(server.answers[path] if status == 200 else {"error_code": status}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Write no log."""

    return Handler


@pytest.fixture
def registry_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RegistryServer]:
    """A server at ADDRESS, whose name leads to a public address, and that address to this machine."""
    authority, server = trustme.CA(), RegistryServer()
    listener = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(server))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(HOST).configure_cert(tls)
    listener.socket = tls.wrap_socket(listener.socket, server_side=True)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    resolve, connect = socket.getaddrinfo, socket.create_connection

    def resolved(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        return [(2, 1, 6, "", (PUBLIC, port))] if host == HOST else resolve(host, port, *args, **options)

    def connected(address: tuple[str, int], *args: Any, **options: Any) -> socket.socket:
        is_registry = address == (PUBLIC, 443)
        return connect(listener.server_address[:2] if is_registry else address, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr(socket, "create_connection", connected)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    listener.shutdown()
    listener.server_close()
    thread.join(30)
