"""Devices in the exported files: each creates what the steps create, and says the same of the rule."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from onboarding.export.cloudformation import cloudformation
from onboarding.export.removal_script import removal_script
from onboarding.export.resources import CannotExport, Resources, resources_of
from onboarding.export.script import cli_script
from onboarding.provisioning.plan import Plan
from portal.messages.catalogue import text_of
from tests.onboarding.export.conftest import with_devices
from tests.onboarding.export.test_formats import (
    CFN_LINT,
    of_script,
    of_template,
    of_terraform,
    options_unknown_to_aws,
    text,
)
from tests.portal.aws.role_files import heredoc


@pytest.fixture
def found(plan: Plan) -> Resources:
    return resources_of(with_devices(plan))


def test_every_form_has_the_same_documents_and_the_same_rule(found: Resources) -> None:
    devices = found.devices
    assert devices is not None
    template, hcl, script = of_template(found), of_terraform(found), of_script(found)
    rule = devices.rule
    [made] = template["AWS::IoT::TopicRule"]
    payload = made["TopicRulePayload"]
    assert (made["RuleName"], payload["Sql"], payload["AwsIotSqlVersion"]) == (
        devices.rule_name,
        rule["sql"],
        "2016-03-23",
    )
    into = rule["actions"][0]["kinesis"]
    assert payload["Actions"] == [
        {"Kinesis": {"RoleArn": into["roleArn"], "StreamName": into["streamName"], "PartitionKey": "${topic(2)}"}}
    ]
    [block] = hcl["aws_iot_topic_rule"]
    assert (text(block["sql"]), text(block["name"])) == (rule["sql"], devices.rule_name)
    [kinesis] = block["kinesis"]
    assert text(kinesis["partition_key"]) == "$${topic(2)}", "in Terraform a dollar is doubled"
    assert text(kinesis["role_arn"]) == into["roleArn"]
    assert [document for name, document in script if name == "rule"] == [rule]
    assert [resource["PolicyDocument"] for resource in template["AWS::IoT::Policy"]] == [devices.policy]
    assert [heredoc(resource["policy"]) for resource in hcl["aws_iot_policy"]] == [devices.policy]
    assert [document for name, document in script if name == "policy"] == [devices.policy]
    role = template["AWS::IAM::Role"][-1]
    assert (role["RoleName"], role["AssumeRolePolicyDocument"]) == (devices.role_name, devices.trust_policy)
    assert role["PermissionsBoundary"] == found.boundary_arn
    assert heredoc(hcl["aws_iam_role"][-1]["assume_role_policy"]) == devices.trust_policy
    assert (
        template["AWS::IoT::ThingType"][0]["ThingTypeName"],
        template["AWS::IoT::ThingGroup"][0]["ThingGroupName"],
    ) == (
        devices.thing_type,
        devices.thing_group,
    )
    groups = [group["RetentionInDays"] for group in template["AWS::Logs::LogGroup"]]
    assert groups[-1] == 30


def test_cfn_lint_has_nothing_to_say_of_devices(found: Resources, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(cloudformation(found))
    done = subprocess.run([*CFN_LINT, str(file)], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_the_scripts_are_understood_and_know_the_options(found: Resources, tmp_path: Path) -> None:
    for name, script in (("create", cli_script(found)), ("remove", removal_script(found))):
        file = tmp_path / f"{name}.sh"
        file.write_text(script)
        subprocess.run(["bash", "-n", str(file)], check=True, timeout=120)
        assert not re.search(r"@[a-z_]+@", script), "every place is filled in"
        assert options_unknown_to_aws(script) == []


def test_no_text_of_a_template_is_a_reference_to_a_secret_of_the_account(plan: Plan) -> None:
    planned = with_devices(plan)
    devices = planned.spec.devices
    assert devices is not None
    sql = "SELECT '{{resolve:secretsmanager:prod/database}}' AS x FROM 'sluice-lobby/+/#'"
    hostile = replace(planned, spec=replace(planned.spec, devices=replace(devices, sql=sql)))
    with pytest.raises(CannotExport) as refused:
        cloudformation(resources_of(hostile))
    assert "{{resolve:secretsmanager:prod/database}}" in text_of(refused.value.message)
