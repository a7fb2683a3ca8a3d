import importlib.util
import shutil

import pytest
import redis as client_library

from portal.local import redis

NO_REDIS = "this machine has no redis-server, and this Python no wheel of it"


@pytest.fixture
def server(tmp_path):
    running = redis.start(tmp_path / "redis", log=tmp_path / "log")
    yield running
    running.stop()


def connect(server):
    return client_library.Redis.from_url(server.url)


def test_it_forgets_nothing_under_pressure_and_appends_every_write(server):
    if not server.is_real:
        pytest.skip(NO_REDIS)
    with connect(server) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("bind") == {"bind": "127.0.0.1"}


def test_data_survives_a_restart(tmp_path):
    if redis.program() is None:
        pytest.skip(NO_REDIS)
    first = redis.start(tmp_path / "redis", log=tmp_path / "log")
    with connect(first) as client:
        client.set("kept", "yes")
    first.stop()
    second = redis.start(tmp_path / "redis", log=tmp_path / "log")
    try:
        with connect(second) as client:
            assert client.get("kept") == b"yes"
    finally:
        second.stop()


def test_data_that_cannot_be_read_is_thrown_away(tmp_path):
    if redis.program() is None:
        pytest.skip(NO_REDIS)
    folder = tmp_path / "redis"
    folder.mkdir()
    (folder / "appendonly.aof").write_bytes(b"REDIS9999 what a later version wrote")
    server = redis.start(folder, log=tmp_path / "log")
    try:
        with connect(server) as client:
            assert client.ping()
    finally:
        server.stop()


if importlib.util.find_spec("fakeredis"):  # which the locks hold for the Pythons that have no wheel of Redis

    def test_an_imitation_takes_its_place_and_says_so(tmp_path, monkeypatch, capfd):
        monkeypatch.setattr(redis, "program", lambda: None)
        server = redis.start(tmp_path / "redis", log=tmp_path / "log")
        try:
            assert not server.is_real
            with connect(server) as client:
                assert client.set("a", "1")
                assert client.get("a") == b"1"
        finally:
            server.stop()
        assert "imitation" in capfd.readouterr().err


def test_an_installed_redis_comes_before_the_wheel(tmp_path, monkeypatch):
    installed = tmp_path / "redis-server"
    installed.write_text("#!/bin/sh\n")
    installed.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis.program() == installed
    assert shutil.which("redis-server") == str(installed)
