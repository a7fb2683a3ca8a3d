"""Shares in every exported form: the same statements, a warning where the form overwrites, a script that does not."""

import json
import subprocess
from dataclasses import replace
from typing import Any

import pytest

from onboarding.export.cloudformation import cloudformation
from onboarding.export.removal_script import removal_script
from onboarding.export.resources import resources_of
from onboarding.export.script import cli_script
from onboarding.export.terraform import terraform
from onboarding.provisioning.plan import Plan
from onboarding.sharing.share import Share
from portal.aws.kinesis import create_stream
from portal.aws.policies.shares import is_same_statement, share_statement
from portal.aws.resource_policies import put_resource_policy, resource_policy
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack
from tests.onboarding.deliveries_examples import REGION
from tests.onboarding.export.conftest import BOTH_CLIS, plan_of, without_boundary
from tests.onboarding.export.test_formats import of_template, of_terraform
from tests.portal.aws.role_files import heredoc

READER, TOOLS = "444455556666", "777788889999"


def shared(account: str = "111122223333", **stream: object) -> Plan:
    plan = without_boundary(plan_of(account, **{"kms_key": "none", **stream}))
    shares = (Share("analytics", READER), Share("other-tools", TOOLS))
    return replace(plan, spec=replace(plan.spec, deliveries=(), shares=shares))


def statements(plan: Plan) -> list[dict[str, Any]]:
    return [
        share_statement(share.sid(plan.integration_uid), share.principal, plan.stream_arn) for share in plan.spec.shares
    ]


def test_the_forms_have_the_same_statements_and_say_that_they_overwrite() -> None:
    plan = shared()
    found = resources_of(plan)
    [template] = of_template(found)["AWS::Kinesis::ResourcePolicy"]
    assert template == {
        "ResourceArn": plan.stream_arn,
        "ResourcePolicy": {"Version": "2012-10-17", "Statement": statements(plan)},
    }
    [resource] = of_terraform(found)["aws_kinesis_resource_policy"]
    assert heredoc(resource["policy"]) == template["ResourcePolicy"]
    for form in (cloudformation(found), terraform(found)):
        assert "replaces the whole resource policy" in form
    assert "replaces the whole" not in cli_script(found)
    assert "AWS::Kinesis::ResourcePolicy" not in of_template(
        resources_of(replace(plan, spec=replace(plan.spec, shares=())))
    )


def test_what_a_key_of_the_clients_own_must_allow_is_in_every_form() -> None:
    found = resources_of(shared(kms_key=f"arn:aws:kms:{REGION}:111122223333:key/0f1e2d3c-0000-4000-8000-000000000000"))
    for form in (cloudformation(found), terraform(found), cli_script(found)):
        lines = [json.loads(line[2:]) for line in form.splitlines() if line.startswith('# {"Sid"')]
        assert [line["Action"] for line in lines] == [["kms:Decrypt"], ["kms:Decrypt"]]


def ran(script: str, shell: dict[str, str], *given: str) -> str:
    done = subprocess.run(
        ["bash", "-c", script, "bash", *given], env=shell, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def with_theirs(root: AwsSession, plan: Plan) -> dict[str, Any]:
    """A policy of someone else, with every character that a shell or a query could take for its own."""
    create_stream(root, plan.spec.stream.name, mode="PROVISIONED", shard_count=2, tags=plan.stream_tags)
    tag = {"StringEquals": {"aws:PrincipalTag/x": 'it\'s "a" $(b) `c` \\ {d} é %s'}}
    theirs = {**share_statement("theirs", READER, plan.stream_arn), "Condition": tag}
    policy = {"Version": "2012-10-17", "Id": "theirs", "Statement": [theirs]}
    put_resource_policy(root, plan.stream_arn, policy)
    return policy


@pytest.mark.audit
@BOTH_CLIS
def test_the_script_adds_and_removes_its_own_statements_beside_others(
    ministack_env: MiniStack, shell: dict[str, str], account: str
) -> None:
    plan, root = shared(account), ministack_env.root(account)
    before = with_theirs(root, plan)
    found = resources_of(plan)
    for _ in range(2):
        ran(cli_script(found), shell)
        policy = resource_policy(root, plan.stream_arn)
        assert policy is not None
        assert (policy["Id"], policy["Statement"][0]) == ("theirs", before["Statement"][0])
        assert len(policy["Statement"]) == 3
        assert all(map(is_same_statement, policy["Statement"][1:], statements(plan)))
    listed = ran(removal_script(found), shell)
    assert listed.count("would delete  statement SluiceShare") == 2
    ran(removal_script(found), shell, "--yes")
    assert resource_policy(root, plan.stream_arn) == before


@pytest.mark.audit
def test_the_script_makes_and_unmakes_a_policy_of_its_own(
    ministack_env: MiniStack, shell: dict[str, str], account: str
) -> None:
    plan, root = shared(account), ministack_env.root(account)
    found = resources_of(plan)
    ran(cli_script(found), shell)
    policy = resource_policy(root, plan.stream_arn)
    assert policy is not None
    assert all(map(is_same_statement, policy["Statement"], statements(plan)))
    ran(removal_script(found), shell, "--yes")
    assert resource_policy(root, plan.stream_arn) is None
