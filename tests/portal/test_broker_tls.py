"""A broker with TLS: its certificate and host name are verified, by real handshakes with a server of this test."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from kombu import Connection
from redis import Redis

from portal.broker_tls import broker_tls
from portal.env import BadEnvironment


def certificate(folder: Path, name: x509.GeneralName) -> Path:
    """A certificate of its own authority, with its key, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "redis")])
    built = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(hours=1))
    built = built.add_extension(x509.SubjectAlternativeName([name]), critical=False)
    signed = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path = folder / "redis.pem"
    path.write_bytes(
        signed.sign(key, hashes.SHA256()).public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    return path


class Server:
    """Accepts one connection after another; `hellos` counts those whose client accepted the certificate."""

    def __init__(self, path: Path) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(path)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.hellos = self.socket.getsockname()[1], 0
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        while True:
            try:
                accepted, _ = self.socket.accept()
            except OSError:
                return
            accepted.settimeout(5)
            try:
                with self.context.wrap_socket(accepted, server_side=True) as secure:
                    self.hellos += bool(secure.recv(1))
            except OSError:
                continue


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def served(path: Path) -> Iterator[Server]:
    server = Server(path)
    yield server
    server.socket.close()
    server.thread.join(5)


@pytest.fixture
def trusted(folder: Path) -> Iterator[Server]:
    yield from served(certificate(folder, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))))


@pytest.fixture
def for_another_host(folder: Path) -> Iterator[Server]:
    yield from served(certificate(folder, x509.DNSName("redis.example")))


def by_broker(url: str) -> None:
    with Connection(url, ssl=broker_tls(url), transport_options={"socket_timeout": 3}) as broker:
        broker.default_channel.client.ping()


def by_client(url: str) -> None:
    Redis.from_url(url, socket_timeout=3).ping()


CLIENTS = pytest.mark.parametrize("call", [by_broker, by_client])


@CLIENTS
def test_a_certificate_of_an_unknown_authority_is_refused(trusted: Server, call) -> None:
    with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        call(f"rediss://127.0.0.1:{trusted.port}/0")
    assert trusted.hellos == 0


@CLIENTS
def test_the_named_authority_is_trusted(trusted: Server, folder: Path, call) -> None:
    # The server speaks TLS and no Redis: it counts what arrives, and hangs up.
    with pytest.raises(Exception, match=r"closed|Connection|reset|EOF"):
        call(f"rediss://127.0.0.1:{trusted.port}/0?ssl_ca_certs={folder / 'redis.pem'}")
    assert trusted.hellos >= 1


@CLIENTS
def test_a_certificate_for_another_host_is_refused(for_another_host: Server, folder: Path, call) -> None:
    with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        call(f"rediss://127.0.0.1:{for_another_host.port}/0?ssl_ca_certs={folder / 'redis.pem'}")
    assert for_another_host.hellos == 0


@pytest.mark.parametrize("query", ["ssl_cert_reqs=none", "ssl_cert_reqs=CERT_NONE", "ssl_check_hostname=false"])
def test_the_verification_cannot_be_turned_off(query: str) -> None:
    with pytest.raises(BadEnvironment) as refused:
        broker_tls(f"rediss://user:secret@redis.example/0?{query}")
    assert "secret" not in str(refused.value)
