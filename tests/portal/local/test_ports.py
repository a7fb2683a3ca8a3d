import socket

import pytest

from portal.local import ports


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_free_port_can_be_listened_on():
    port = ports.free_port()
    assert not ports.is_busy("127.0.0.1", port)
    with socket.create_server(("127.0.0.1", port)):
        assert ports.is_busy("127.0.0.1", port)


def test_a_port_with_a_listener_is_busy_and_accepts(listener):
    assert ports.is_busy("127.0.0.1", listener)
    assert ports.accepts("127.0.0.1", listener)


def test_a_port_without_a_listener_accepts_nothing():
    assert not ports.accepts("127.0.0.1", ports.free_port())


def test_an_address_of_another_machine_is_an_error_and_not_busy():
    with pytest.raises(OSError, match="assign"):
        ports.is_busy("192.0.2.1", 8000)
