import os
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from portal.local import postgres
from portal.local.processes import DidNotStart


@pytest.fixture
def folder():
    # Directly under the system's temporary folder: a server that runs as `nobody` has to get there.
    made = Path(tempfile.mkdtemp(prefix="sluice-pg-"))
    yield made
    shutil.rmtree(made)


def start(folder, log):
    return postgres.start(folder, log=log, settings=postgres.FAST)


def answer(server, sql):
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


def test_it_is_a_real_postgresql_that_listens_on_no_port(folder, tmp_path):
    server = start(folder, tmp_path / "log")
    try:
        assert answer(server, "SHOW server_version").startswith("18")
        assert answer(server, "SHOW listen_addresses") == ""
        assert answer(server, "SHOW server_encoding") == "UTF8"
    finally:
        server.stop()


def test_what_was_stored_is_there_after_a_restart(folder, tmp_path):
    server = start(folder, tmp_path / "log")
    answer(server, "CREATE TABLE kept AS SELECT 42 AS n")
    server.stop()
    server = start(folder, tmp_path / "log")
    try:
        assert answer(server, "SELECT n FROM kept") == 42
    finally:
        server.stop()


def test_a_lock_file_of_a_killed_server_does_not_stop_the_next(folder, tmp_path):
    server = postgres.start(folder, log=tmp_path / "log")
    answer(server, "CREATE TABLE kept AS SELECT 42 AS n")
    server.process.stop(seconds=0)  # killed: no clean end
    lock = folder / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{folder}\n0\n5432\n{folder}\n\n  1 1\nready\n")  # its number is ours by now
    server = start(folder, tmp_path / "log")
    try:
        assert answer(server, "SELECT n FROM kept") == 42
    finally:
        server.stop()


def test_a_second_server_on_the_same_folder_is_refused(folder, tmp_path):
    server = start(folder, tmp_path / "log")
    try:
        with pytest.raises(DidNotStart, match="already runs"):
            start(folder, tmp_path / "log")
        assert answer(server, "SELECT 1") == 1
    finally:
        server.stop()


def test_a_folder_of_another_version_is_refused_and_left_alone(folder, tmp_path):
    (folder / "PG_VERSION").write_text("16\n")
    with pytest.raises(DidNotStart, match="created by PostgreSQL 16"):
        start(folder, tmp_path / "log")
    assert (folder / "PG_VERSION").read_text() == "16\n"


def test_a_folder_whose_making_was_cut_short_is_made_anew(folder, tmp_path):
    (folder / "base").mkdir()
    (folder / "base" / "half").write_text("x")
    server = start(folder, tmp_path / "log")
    try:
        assert answer(server, "SELECT 1") == 1
    finally:
        server.stop()


def test_a_folder_whose_name_is_too_long_for_a_socket_works(folder, tmp_path):
    deep = folder / ("long-" * 18)
    folder.chmod(0o711)
    server = start(deep, tmp_path / "log")
    try:
        assert answer(server, "SELECT 1") == 1
        assert str(deep) not in server.url
    finally:
        server.stop()
