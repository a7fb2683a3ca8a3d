import socket

import pytest

from portal.demo import checks
from portal.local.ports import free_port


@pytest.fixture
def empty_path(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def install(folder, name):
    program = folder / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)


def test_a_machine_with_everything_is_fit():
    assert checks.problem(host="127.0.0.1", port=free_port()) is None


def test_without_gnupg_one_line_says_how_to_install_it(empty_path):
    install(empty_path, "apt-get")
    sentence = checks.problem(host="127.0.0.1", port=free_port())
    assert "\n" not in sentence
    assert sentence.endswith("sudo apt-get install gnupg")


def test_without_gnupg_and_any_known_installer_the_line_says_where_to_look(empty_path):
    assert "gnupg.org" in checks.gnupg_missing()


def test_a_busy_port_is_named_and_another_proposed():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = checks.port_unusable("127.0.0.1", port)
    assert f"Port {port}" in sentence
    assert f"PORT={port + 1}" in sentence


def test_an_address_that_is_not_this_machines_is_said_to_be_so():
    assert "192.0.2.1:8000" in checks.port_unusable("192.0.2.1", 8000)
