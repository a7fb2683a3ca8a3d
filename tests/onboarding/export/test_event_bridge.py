"""The way through EventBridge: files that their own tools accept, and roles that can do no more than it needs."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore import xform_name
from botocore.loaders import create_loader
from botocore.model import ServiceModel

from onboarding.export.event_bridge import (
    bus_name,
    destination_policy,
    event_bridge_script,
    event_bridge_template,
    pipe_policy,
)
from portal.aws.kinesis import create_stream
from portal.local.ministack import MiniStack
from tests.onboarding.export.test_formats import CFN_LINT

ACCOUNT, REGION, UID = "111122223333", "eu-west-1", "5f0c2d9a1b3c"
ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/sluice-sensors"
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/sluice-sensors-events"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0f1e2d3c-0000-4000-8000-000000000000"
ELSEWHERE = "arn:aws:events:us-east-1:444455556666:event-bus/sensors"


def resources(key_arn: str = "") -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(event_bridge_template(ARN, key_arn))["Resources"]
    return found


def test_the_template_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "event-bridge.yaml"
    path.write_text(event_bridge_template(ARN, KEY))
    linted = subprocess.run([*CFN_LINT, str(path)], capture_output=True, text=True, check=False, timeout=120)
    assert linted.returncode == 0, linted.stdout


def test_a_pipe_leads_from_the_stream_to_the_bus_and_a_rule_from_there() -> None:
    found = resources()
    pipe, rule = found["Pipe"]["Properties"], found["Rule"]["Properties"]
    assert (pipe["Source"], pipe["Target"]) == (ARN, BUS)
    event = pipe["TargetParameters"]["EventBridgeEventBusParameters"]
    assert rule["EventPattern"] == {"source": [event["Source"]], "detail-type": [event["DetailType"]]}
    assert not event["Source"].startswith("aws"), "AWS keeps these for itself"
    assert rule["EventBusName"] == found["Bus"]["Properties"]["Name"] == "sluice-sensors-events"
    assert rule["Targets"][0]["Arn"] == {"Ref": "DestinationBusArn"}


def test_each_role_is_for_one_service_in_this_account_and_can_do_its_part_only() -> None:
    found = resources(KEY)
    for name, service in (("PipeRole", "pipes"), ("RuleRole", "events")):
        [trust] = found[name]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": f"{service}.amazonaws.com"}
        assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    policy = found["PipeRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    assert policy == pipe_policy(ARN, BUS, KEY)
    by_sid = {statement["Sid"]: statement for statement in policy["Statement"]}
    assert {sid: statement["Resource"] for sid, statement in by_sid.items()} == {
        "ReadStream": ARN,
        "ListStreams": "*",
        "PutEvents": BUS,
        "DecryptRecords": KEY,
    }
    [put] = found["RuleRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert (put["Action"], put["Resource"]) == (["events:PutEvents"], {"Ref": "DestinationBusArn"})
    assert "DecryptRecords" not in json.dumps(pipe_policy(ARN, BUS)), "the AWS managed key needs no permission"
    [accepts] = destination_policy(ACCOUNT, ELSEWHERE)["Statement"]
    assert (accepts["Principal"], accepts["Resource"]) == ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, ELSEWHERE)


def test_the_script_says_the_same_in_options_that_the_aws_cli_has() -> None:
    script = event_bridge_script(ARN, UID, KEY)
    assert re.search(r"@[a-z_]+@", script) is None
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False, timeout=60).returncode == 0
    pipe = resources(KEY)["Pipe"]["Properties"]
    given = {name: re.search(rf"--{name}-parameters '(.*?)'", script) for name in ("source", "target")}
    assert {name: json.loads(match[1]) for name, match in given.items() if match} == {
        "source": pipe["SourceParameters"],
        "target": pipe["TargetParameters"],
    }
    joined = script.replace("\\\n", " ")
    for service, command, options in re.findall(r"aws (events|pipes|iam) ([a-z-]+)([^|>\n]*)", joined):
        known = options_of(service, command)
        assert set(re.findall(r" (--[a-z-]+)", options)) <= known | {"--output", "--query"}, command
    for statement in pipe_policy(ARN, BUS, KEY)["Statement"]:
        assert statement["Sid"] in script


def options_of(service: str, command: str) -> set[str]:
    model = ServiceModel(create_loader().load_service_model(service, "service-2"))
    [operation] = [name for name in model.operation_names if xform_name(name, "-") == command]
    shape = model.operation_model(operation).input_shape
    return {f"--{xform_name(member, '-')}" for member in (shape.members if shape else ())}


@pytest.mark.parametrize("name", ["s", "s" * 128])
def test_names_fit_whatever_the_stream_is_called(name: str) -> None:
    assert len(bus_name(f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{name}")) <= 56


def test_the_cost_is_at_the_head_of_each_file() -> None:
    for text in (event_bridge_template(ARN), event_bridge_script(ARN, UID)):
        assert "0.40 USD for a million requests" in text
        assert "an estimate of 2026-11-30" in text


NAME, TAGS = "sluice-sensors-events", [{"Key": "sluice:integration", "Value": UID}]


def run(shell: dict[str, str], account: str) -> subprocess.CompletedProcess[str]:
    script = event_bridge_script(ARN.replace(ACCOUNT, account), UID)
    command = ["bash", "-c", script, "bash", ELSEWHERE]
    return subprocess.run(command, env=shell, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.audit
def test_the_script_can_run_again_and_tags_what_it_creates(
    ministack_env: MiniStack, shell: dict[str, str], account: str
) -> None:
    root = ministack_env.root(account)
    create_stream(root, "sluice-sensors", mode="PROVISIONED", shard_count=1, tags={})
    for _ in range(2):
        done = run(shell, account)
        assert done.returncode == 0, done.stdout + done.stderr
    for role in (f"{NAME}-pipe", f"{NAME}-rule"):
        assert root.client("iam").get_role(RoleName=role)["Role"]["Tags"] == TAGS
    events = root.client("events")
    for arn in (BUS, f"{BUS.replace(':event-bus/', ':rule/')}/{NAME}"):
        assert events.list_tags_for_resource(ResourceARN=arn.replace(ACCOUNT, account))["Tags"] == TAGS
    [target] = events.list_targets_by_rule(Rule=NAME, EventBusName=NAME)["Targets"]
    assert (target["Arn"], target["RoleArn"]) == (ELSEWHERE, f"arn:aws:iam::{account}:role/{NAME}-rule")
    assert root.client("pipes").describe_pipe(Name=NAME)["Tags"] == {"sluice:integration": UID}


@pytest.mark.audit
@pytest.mark.parametrize("foreign", ["pipe", "rule", "bus"])
def test_the_script_changes_nothing_where_something_is_of_others(
    ministack_env: MiniStack, shell: dict[str, str], account: str, foreign: str
) -> None:
    root, trust = ministack_env.root(account), json.dumps({"Version": "2012-10-17", "Statement": []})
    iam, events = root.client("iam"), root.client("events")
    if foreign == "bus":
        events.create_event_bus(Name=NAME)
    else:
        iam.create_role(RoleName=f"{NAME}-{foreign}", AssumeRolePolicyDocument=trust)
    done = run(shell, account)
    assert done.returncode == 1
    assert "already exists and its tag sluice:integration is not" in done.stderr
    names = [role["RoleName"] for role in iam.list_roles()["Roles"] if role["RoleName"].startswith(NAME)]
    assert names == ([] if foreign == "bus" else [f"{NAME}-{foreign}"])
    assert all(not iam.list_role_policies(RoleName=name)["PolicyNames"] for name in names)
    buses = [bus["Name"] for bus in events.list_event_buses()["EventBuses"] if bus["Name"] == NAME]
    assert buses == ([NAME] if foreign == "bus" else [])
    assert events.list_rules(EventBusName=NAME)["Rules"] == [] if buses else True
