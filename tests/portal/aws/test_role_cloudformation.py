"""The CloudFormation template a client runs."""

from typing import Any

import pytest
import yaml

from portal.aws import role_cloudformation
from portal.aws.names import InvalidName
from portal.aws.policies.boundary import boundary_policy, producer_boundary_policy
from portal.aws.policies.grant import portal_policies, portal_trust_policy
from portal.aws.role_grant import RoleGrant, boundary_arn, producer_boundary_arn

ACCOUNT, PORTAL, EXTERNAL_ID = "111122223333", "arn:aws:iam::999900001111:user/sluice-portal", "sluice-5f1d9c"


def template(**changed: str) -> str:
    asked = {
        "portal_principal_arn": PORTAL,
        "external_id": EXTERNAL_ID,
        "account_id": ACCOUNT,
        "name_prefix": "sluice-",
    }
    return role_cloudformation.cloudformation(RoleGrant(**asked | changed))


@pytest.fixture
def stack() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(template())
    return loaded


def test_the_documents_in_it_are_the_policies(stack: dict[str, Any]) -> None:
    written = {
        resource["Properties"]["ManagedPolicyName"]: resource["Properties"]["PolicyDocument"]
        for resource in stack["Resources"].values()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
    }
    boundary = boundary_arn(ACCOUNT)
    assert written == {
        "SluiceBoundary": boundary_policy(ACCOUNT, "sluice-"),
        "SluiceProducerBoundary": producer_boundary_policy(ACCOUNT, "sluice-"),
        **portal_policies(ACCOUNT, "sluice-", boundary, producer_boundary_arn(ACCOUNT)),
    }


def test_the_role_trusts_the_portal_with_its_external_id(stack: dict[str, Any]) -> None:
    role = stack["Resources"]["Role"]["Properties"]
    assert role["AssumeRolePolicyDocument"] == portal_trust_policy(PORTAL, EXTERNAL_ID)
    assert (role["RoleName"], role["MaxSessionDuration"]) == ("SluiceAccess", 3600)
    attached = [reference["Ref"] for reference in role["ManagedPolicyArns"]]
    assert attached == ["SluiceStreams", "SluiceDelivery", "SluiceIdentity"]


def test_it_is_complete_by_itself(stack: dict[str, Any]) -> None:
    assert "Parameters" not in stack
    assert "!Sub" not in template()
    assert stack["Outputs"]["RoleArn"]["Value"] == {"Fn::GetAtt": ["Role", "Arn"]}
    assert len(stack["Description"]) <= 1024


def test_cloudformation_understands_its_yaml() -> None:
    text = template()
    assert not [line for line in text.splitlines() if "&id" in line or "*id" in line]
    assert yaml.safe_load(text)["Resources"]["Boundary"]["Properties"]["PolicyDocument"]["Version"] == "2012-10-17"


@pytest.mark.parametrize("external_id", ["123456789012", "yes", "a: b", "0x1f", "1e3", "null"])
def test_an_external_id_stays_text(external_id: str) -> None:
    loaded = yaml.safe_load(template(external_id=external_id))
    statement = loaded["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": external_id}}


def test_an_impossible_account_gets_no_template() -> None:
    with pytest.raises(InvalidName):
        template(account_id="12")
