import socket
import stat

import pytest

from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault, aws_faults
from portal.aws.session import AwsSession
from portal.local import ministack as server_of
from portal.local.processes import DidNotStart


def test_the_root_of_any_account_may_act_in_it(ministack_env):
    for account_id in ("111122223333", "444455556666"):
        identity = ministack_env.root(account_id).client("sts").get_caller_identity()
        assert identity["Account"] == account_id


def test_a_stranger_is_refused(ministack_env):
    stranger = AwsSession(region="eu-west-1", credentials=AwsCredentials("AKIAIOSFODNN7EXAMPLE", "nonsense"))
    with pytest.raises(AwsFault) as caught, aws_faults("kinesis:ListStreams"):
        stranger.client("kinesis").list_streams()
    assert caught.value.code == "UnrecognizedClientException"


def test_it_speaks_tls_with_a_certificate_of_its_own(ministack_env):
    assert ministack_env.endpoint_url.startswith("https://127.0.0.1:")
    assert ministack_env.ca_bundle.read_text().startswith("-----BEGIN CERTIFICATE-----")
    key = ministack_env.ca_bundle.parent / "server.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_devices_reach_it_at_one_address_of_this_machine(ministack_env):
    with socket.create_connection(("127.0.0.1", ministack_env.mqtt_port), timeout=30):
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", ministack_env.mqtt_port), timeout=30)


def test_where_it_is_not_installed_the_message_has_the_command_that_installs_it(tmp_path, monkeypatch):
    monkeypatch.setattr(server_of, "_PYTHON", tmp_path / ".venv-emulator" / "bin" / "python")
    with pytest.raises(DidNotStart, match=r"Run: make \.venv-emulator/\.installed$"):
        server_of.start(tmp_path, log=tmp_path / "log")


def test_what_it_keeps_is_there_after_a_restart(tmp_path, monkeypatch):
    state = tmp_path / "state"
    first = server_of.start(tmp_path, log=tmp_path / "log", state=state)
    use(first, monkeypatch).client("kinesis").create_stream(StreamName="kept", ShardCount=2)
    close_connections()
    first.stop()
    second = server_of.start(tmp_path, log=tmp_path / "log", state=state)
    try:
        described = use(second, monkeypatch).client("kinesis").describe_stream_summary(StreamName="kept")
        assert described["StreamDescriptionSummary"]["OpenShardCount"] == 2
        assert stat.S_IMODE(state.stat().st_mode) == 0o700
    finally:
        second.process.stop(seconds=0)


def use(server, monkeypatch):
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return server.root("111122223333")


def close_connections():
    import gc

    from portal.aws import botocore_sessions

    botocore_sessions._TEMPLATES.clear()  # each holds the connections that its clients share
    botocore_sessions._CONNECTIONS.clear()  # shared by all clients of a process
    gc.collect()
