import socket

import pytest

from tests.network_guard import ReachedOut, is_local


def test_a_connection_to_another_machine_is_refused():
    with socket.socket() as probe, pytest.raises(ReachedOut, match=r"192\.0\.2\.1:80"):
        probe.connect(("192.0.2.1", 80))


def test_a_name_on_the_internet_is_not_even_looked_up():
    with pytest.raises(ReachedOut, match="example"):
        socket.getaddrinfo("kinesis.example", 443)


def test_a_packet_to_another_machine_is_refused():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, pytest.raises(ReachedOut):
        probe.sendto(b"x", ("192.0.2.1", 53))


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), (None, True), ("10.0.0.1", False)],
)
def test_what_counts_as_this_machine(host, local):
    assert is_local(host) is local
