"""The reader's side of a share: files that their tools accept, a function that decodes, a check that is right."""

import base64
import gzip
import io
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from onboarding.export.shared_stream import ANY_ROLE, SharedStream, files_of, reader_policy
from onboarding.sharing.principals import Principal
from portal.aws.kinesis import create_stream
from portal.aws.policies.shares import share_statement
from portal.aws.policies.statements import document
from portal.aws.records import put_record
from portal.aws.resource_policies import put_resource_policy
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack
from tests import real_aws_cli
from tests.onboarding.export.test_formats import CFN_LINT
from tests.portal.local.emulator.other_account import Reader, reader_of
from tests.world import new_account_id

OWNER, OTHER, REGION = "111122223333", "444455556666", "eu-west-1"
ARN = f"arn:aws:kinesis:{REGION}:{OWNER}:stream/sluice-sensors"
KEY = f"arn:aws:kms:{REGION}:{OWNER}:key/0f1e2d3c-0000-4000-8000-000000000000"
SHARED = SharedStream("reporting", Principal("role", OTHER, "reader", "aws"), ARN, REGION, OWNER, key_arn=KEY)


def test_the_policy_of_the_reader_allows_five_actions_and_its_key() -> None:
    read, decrypt = reader_policy(SHARED)["Statement"]
    assert (read["Resource"], len(read["Action"])) == (ARN, 5)
    assert (decrypt["Action"], decrypt["Resource"]) == (["kms:Decrypt"], KEY)
    assert decrypt["Condition"] == {"StringEquals": {"kms:ViaService": "kinesis.eu-west-1.amazonaws.com"}}
    assert len(reader_policy(replace(SHARED, key_arn=""))["Statement"]) == 1


def test_the_template_is_accepted_and_names_the_role_where_it_is_known(tmp_path: Path) -> None:
    files = files_of(SHARED)
    path = tmp_path / "mapping.yaml"
    path.write_text(files["event-source-mapping.yaml"])
    linted = subprocess.run([*CFN_LINT, str(path)], capture_output=True, text=True, check=False, timeout=120)
    assert linted.returncode == 0, linted.stdout
    template = yaml.safe_load(files["event-source-mapping.yaml"])
    assert template["Parameters"]["RoleName"]["Default"] == "reader"
    assert template["Resources"]["ReadStream"]["Properties"]["PolicyDocument"] == reader_policy(SHARED)
    account = files_of(replace(SHARED, reader=Principal("account", OTHER)))
    assert "Default" not in yaml.safe_load(account["event-source-mapping.yaml"])["Parameters"]["RoleName"]
    assert f"role={ANY_ROLE}" in account["event-source-mapping.sh"]
    assert json.loads(files["reader-policy.json"]) == reader_policy(SHARED)
    assert not re.search(r"@[a-z_]+@", files["check.sh"] + files["event-source-mapping.sh"])


def test_a_role_whose_name_is_a_word_of_the_scripts_is_written_as_it_is() -> None:
    name = "reader@policy@region@stream_arn@"
    files = files_of(replace(SHARED, reader=Principal("role", OTHER, name, "aws")))
    assert f"\nrole={name}\n" in files["event-source-mapping.sh"]
    template = yaml.safe_load(files["event-source-mapping.yaml"])
    assert template["Parameters"]["RoleName"]["Default"] == name


def called(event: dict[str, Any]) -> tuple[Any, list[tuple[str, Any]]]:
    """What the sample function answers, and what it handled."""
    scope: dict[str, Any] = {}
    exec(compile(files_of(SHARED)["function.py"], "function.py", "exec"), scope)  # noqa: S102  (the delivered file)
    handled: list[tuple[str, Any]] = []
    scope["handle"] = lambda key, value: handled.append((key, value)) if key != "bad" else 1 / 0
    return scope["handler"](event, None), handled


def record(data: bytes, key: str = "lobby", number: str = "1") -> dict[str, Any]:
    return {"kinesis": {"partitionKey": key, "sequenceNumber": number, "data": base64.b64encode(data).decode()}}


def test_the_function_decodes_the_sample_event() -> None:
    answer, handled = called(json.loads(files_of(SHARED)["sample-event.json"]))
    assert answer == {"batchItemFailures": []}
    assert handled == [
        ("lobby", {"sensor": "lobby", "temperature": 21.5}),
        ("roof", {"sensor": "roof", "temperature": 23.6}),
    ]


def test_the_function_takes_what_is_no_json_and_reports_the_first_that_fails() -> None:
    answer, handled = called({"Records": [record(b"text"), record(b"\xff\xfe\x00"), record(gzip.compress(b"[1]"))]})
    assert (answer["batchItemFailures"], [value for _, value in handled]) == ([], ["text", b"\xff\xfe\x00", [1]])
    bomb = gzip.compress(bytes(11 * 1024 * 1024))
    for broken in (record(bomb, number="7"), record(b"{}", "bad", "7"), record(gzip.compress(b"{}")[:-4], number="7")):
        answer, handled = called({"Records": [record(b"1"), broken, record(b"2")]})
        assert (answer, handled) == ({"batchItemFailures": [{"itemIdentifier": "7"}]}, [("lobby", 1)])


@pytest.mark.audit
def test_the_check_is_red_before_the_share_and_green_after(ministack_env: MiniStack, tmp_path: Path) -> None:
    owner, other = new_account_id(), new_account_id()
    root, reader = ministack_env.root(owner), reader_of(ministack_env, other)
    create_stream(root, "sluice-sensors", mode="PROVISIONED", shard_count=1, tags={})
    arn = ARN.replace(OWNER, owner)
    shared = replace(SHARED, stream_arn=arn, reader=Principal("role", other, "reader", "aws"), key_arn="")
    code, printed = checked(shared, reader, ministack_env, tmp_path)
    assert (code, "failed  kinesis:ListShards" in printed, "You cannot read" in printed) == (1, True, True)
    put_resource_policy(root, arn, document(share_statement("ours", reader.arn, arn)))
    code, printed = checked(shared, reader, ministack_env, tmp_path)
    assert (code, printed.count("ok      ")) == (0, 6), printed
    assert "You can read the stream" in printed


@pytest.mark.audit
@pytest.mark.parametrize("install", [real_aws_cli.install, real_aws_cli.install_2])
def test_the_script_creates_the_mapping_and_lambda_calls_the_function_with_the_records(
    ministack_env: MiniStack, tmp_path: Path, install: Callable[[Path], None]
) -> None:
    """By the AWS CLI itself, as the root user of the other account; run again, it keeps the mapping."""
    owner, other = new_account_id(), new_account_id()
    root, theirs = ministack_env.root(owner), ministack_env.root(other)
    reader = reader_of(ministack_env, other)
    create_stream(root, "sluice-sensors", mode="PROVISIONED", shard_count=1, tags={})
    arn = ARN.replace(OWNER, owner)
    shared = replace(SHARED, stream_arn=arn, reader=Principal("role", other, "reader", "aws"), key_arn="")
    put_function(theirs, reader.arn, files_of(shared)["function.py"])
    credentials = theirs.credentials
    assert credentials is not None

    def run() -> subprocess.CompletedProcess[str]:
        keys = {
            "AWS_ACCESS_KEY_ID": credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        }
        install(tmp_path)
        shell = {**os.environ, **ministack_env.environment, **keys, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
        command = ["bash", "-c", files_of(shared)["event-source-mapping.sh"], "script", "decode"]
        return subprocess.run(command, env=shell, capture_output=True, text=True, check=False, timeout=250)

    refused = run()
    assert refused.returncode != 0, "before the share"
    assert "not authorized" in refused.stderr, refused.stderr
    put_resource_policy(root, arn, document(share_statement("ours", reader.arn, arn)))
    done = run()
    assert done.returncode == 0, done.stderr
    client = theirs.client("lambda")
    [mapping] = client.list_event_source_mappings(FunctionName="decode")["EventSourceMappings"]
    assert (mapping["UUID"], mapping["EventSourceArn"]) == (done.stdout.strip(), arn)
    assert (mapping["BatchSize"], mapping["FunctionResponseTypes"]) == (100, ["ReportBatchItemFailures"])
    again = run()
    assert "reads this stream already" in again.stdout, again.stderr

    answer = client.invoke(FunctionName="decode", Payload=files_of(shared)["sample-event.json"].encode())
    assert json.loads(answer["Payload"].read()) == {"batchItemFailures": []}, answer
    if install is real_aws_cli.install:
        put_record(root, "sluice-sensors", data=b'{"text": "of the other account"}', partition_key="desk")
        wait_for_log(theirs, "of the other account")


def wait_for_log(theirs: AwsSession, text: str) -> None:
    """Until the function printed it: the emulator's own polling called it with the record."""
    client, until = theirs.client("logs"), time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(client.exceptions.ResourceNotFoundException):
            events = client.filter_log_events(logGroupName="/aws/lambda/decode")["events"]
            if any(text in event["message"] for event in events):
                return
        time.sleep(0.5)
    pytest.fail(f"the function was not called with {text}")


def put_function(theirs: AwsSession, role_arn: str, code: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("function.py", code)
    theirs.client("lambda").create_function(
        FunctionName="decode",
        Runtime="python3.11",
        Role=role_arn,
        Handler="function.handler",
        Code={"ZipFile": archive.getvalue()},
    )


def checked(shared: SharedStream, reader: Reader, ministack: MiniStack, tmp_path: Path) -> tuple[int, str]:
    real_aws_cli.install(tmp_path)
    given = reader.session.credentials
    assert given is not None
    keys = {
        "AWS_ACCESS_KEY_ID": given.access_key_id,
        "AWS_SECRET_ACCESS_KEY": given.secret_access_key,
        "AWS_SESSION_TOKEN": given.session_token or "",
    }
    shell = {**os.environ, **ministack.environment, **keys, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = ["bash", "-c", files_of(shared)["check.sh"]]
    done = subprocess.run(command, env=shell, capture_output=True, text=True, check=False, timeout=250)
    return done.returncode, done.stdout + done.stderr


def test_the_files_need_nothing_but_python_and_the_aws_cli() -> None:
    compile(files_of(SHARED)["function.py"], "function.py", "exec")
    for name in ("check.sh", "event-source-mapping.sh"):
        done = subprocess.run(["bash", "-n"], input=files_of(SHARED)[name], text=True, check=False, timeout=60)
        assert done.returncode == 0, name
    assert sys.version_info >= (3, 11)
