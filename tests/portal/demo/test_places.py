import stat

import pytest

from portal.demo.places import Places, close_world, open_world, secret_key, write_private


@pytest.fixture
def places(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    return Places(tmp_path / "var")


def keep_something(places):
    (places.root / "postgres").mkdir()
    (places.root / "postgres" / "rows").write_text("x")
    (places.aws / "services").mkdir()
    return places.root / "postgres" / "rows"


def test_a_first_start_has_nothing_to_say(places):
    assert open_world(places, fresh=False) is None
    assert stat.S_IMODE(places.aws.stat().st_mode) == 0o700


def test_a_start_after_a_good_stop_goes_on(places):
    open_world(places, fresh=False)
    kept = keep_something(places)
    close_world(places)
    assert open_world(places, fresh=False) is None
    assert kept.exists()


def test_a_start_after_a_kill_begins_anew_and_says_so(places):
    open_world(places, fresh=False)
    kept = keep_something(places)
    assert "Starting with new state" in open_world(places, fresh=False)
    assert not kept.exists()
    assert not (places.aws / "services").exists()


def test_a_start_without_its_emulated_aws_begins_anew_and_says_so(places):
    open_world(places, fresh=False)
    kept = keep_something(places)
    close_world(places)
    (places.aws / "world").write_text("another")
    assert "Starting with new state" in open_world(places, fresh=False)
    assert not kept.exists()


def test_a_fresh_start_was_asked_for_and_says_nothing(places):
    open_world(places, fresh=False)
    kept = keep_something(places)
    close_world(places)
    assert open_world(places, fresh=True) is None
    assert not kept.exists()


def test_the_lock_of_the_running_demo_is_not_erased(places):
    places.root.mkdir()
    (places.root / "lock").touch()
    open_world(places, fresh=True)
    assert (places.root / "lock").exists()


def test_what_the_emulated_aws_remembers_is_not_below_the_portals_state(places):
    assert places.root not in places.aws.parents


def test_a_private_file_is_its_owners_alone(tmp_path):
    file = tmp_path / "new" / "file"
    write_private(file, "one")
    write_private(file, "two")
    assert file.read_text() == "two"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_secret_key_is_made_once(places):
    first = secret_key(places)
    assert len(first) > 50
    assert secret_key(places) == first
    assert stat.S_IMODE((places.root / "secret-key").stat().st_mode) == 0o600
