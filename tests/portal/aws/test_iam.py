"""Users, access keys, policies and roles."""

import pytest
from botocore.stub import Stubber

from portal.aws import iam
from portal.aws.calls import call
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.policies import firehose_trust, producer
from portal.aws.session import AwsSession, portal_session

USER, ROLE, PATH, TAGS = "sluice-vendor", "sluice-firehose", "/sluice/", {"managed-by": "sluice"}
DOCUMENT = producer("arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-a")
TRUST = firehose_trust("111122223333")


def make_policy(aws: AwsSession, name: str = "sluice-producer") -> str:
    return iam.create_policy(aws, name, path=PATH, document=DOCUMENT, tags=TAGS)


def test_what_is_absent_is_none(aws: AwsSession) -> None:
    assert iam.get_user(aws, USER) is None
    assert iam.get_role(aws, ROLE) is None
    assert iam.get_policy(aws, iam.policy_arn("111122223333", "sluice-producer")) is None
    assert iam.role_policy(aws, ROLE, "delivery") is None


def test_a_user_reads_back(aws: AwsSession) -> None:
    made = iam.create_user(aws, USER, path=PATH, tags=TAGS)
    assert iam.get_user(aws, USER) == made
    assert (made.arn, made.tags) == (f"arn:aws:iam::111122223333:user/sluice/{USER}", TAGS)


def test_a_user_of_the_name_is_a_conflict(aws: AwsSession) -> None:
    iam.create_user(aws, USER, path=PATH, tags={})
    with pytest.raises(AwsFault) as caught:
        iam.create_user(aws, USER, path=PATH, tags={})
    assert (caught.value.kind, caught.value.retryable) == (FaultKind.CONFLICT, False)


def test_access_keys_are_made_switched_and_deleted(aws: AwsSession) -> None:
    iam.create_user(aws, USER, path=PATH, tags={})
    key = iam.create_access_key(aws, USER)
    assert [(one.id, one.status) for one in iam.access_key_ids(aws, USER)] == [(key.access_key_id, "Active")]
    iam.set_access_key_status(aws, USER, key.access_key_id, "Inactive")
    assert iam.access_key_ids(aws, USER)[0].status == "Inactive"
    iam.delete_access_key(aws, USER, key.access_key_id)
    iam.delete_access_key(aws, USER, key.access_key_id)
    assert iam.access_key_ids(aws, USER) == []


def test_a_third_access_key_is_beyond_the_quota(aws: AwsSession) -> None:
    iam.create_user(aws, USER, path=PATH, tags={})
    iam.create_access_key(aws, USER)
    iam.create_access_key(aws, USER)
    with pytest.raises(AwsFault) as caught:
        iam.create_access_key(aws, USER)
    assert caught.value.kind is FaultKind.QUOTA


def test_policies_are_attached_and_detached(aws: AwsSession) -> None:
    iam.create_user(aws, USER, path=PATH, tags={})
    arn = make_policy(aws)
    iam.attach_user_policy(aws, USER, arn)
    iam.attach_user_policy(aws, USER, arn)
    assert iam.attached_policies(aws, USER) == [arn]
    iam.detach_user_policy(aws, USER, arn)
    iam.detach_user_policy(aws, USER, arn)
    assert iam.attached_policies(aws, USER) == []


def test_a_user_is_deleted_with_all_it_has(aws: AwsSession) -> None:
    iam.create_user(aws, USER, path=PATH, tags={})
    iam.create_access_key(aws, USER)
    arn = make_policy(aws)
    iam.attach_user_policy(aws, USER, arn)
    call(aws, "iam", "PutUserPolicy", UserName=USER, PolicyName="inline", PolicyDocument=_json())
    iam.delete_user_completely(aws, USER)
    iam.delete_user_completely(aws, USER)
    assert iam.get_user(aws, USER) is None
    assert iam.get_policy(aws, arn) is not None


def test_a_policy_reads_back(aws: AwsSession) -> None:
    arn = make_policy(aws)
    assert arn == iam.policy_arn("111122223333", "sluice-producer")
    policy = iam.get_policy(aws, arn)
    assert policy is not None
    assert (policy.name, policy.default_version_id) == ("sluice-producer", "v1")
    assert (policy.document, policy.tags) == (DOCUMENT, TAGS)


def test_the_oldest_version_gives_way(aws: AwsSession) -> None:
    arn = make_policy(aws)
    assert [iam.new_policy_version(aws, arn, DOCUMENT) for _ in range(6)] == ["v2", "v3", "v4", "v5", "v6", "v7"]
    left = call(aws, "iam", "ListPolicyVersions", PolicyArn=arn)["Versions"]
    assert sorted(one["VersionId"] for one in left) == ["v3", "v4", "v5", "v6", "v7"]
    policy = iam.get_policy(aws, arn)
    assert policy is not None
    assert policy.default_version_id == "v7"


def test_the_oldest_version_stays_while_it_is_the_default() -> None:
    aws = portal_session("eu-west-1")
    arn = iam.policy_arn("111122223333", "sluice-producer")
    versions = [{"VersionId": f"v{i}", "IsDefaultVersion": i == 8} for i in (8, 9, 10, 11, 12)]
    with Stubber(aws.client("iam")) as stub:
        stub.add_response("list_policy_versions", {"Versions": versions, "IsTruncated": False})
        stub.add_response("delete_policy_version", {}, {"PolicyArn": arn, "VersionId": "v9"})
        stub.add_response("create_policy_version", {"PolicyVersion": {"VersionId": "v13"}})
        assert iam.new_policy_version(aws, arn, DOCUMENT) == "v13"


def test_a_policy_is_deleted_with_its_versions(aws: AwsSession) -> None:
    arn = make_policy(aws)
    iam.new_policy_version(aws, arn, DOCUMENT)
    iam.delete_policy(aws, arn)
    iam.delete_policy(aws, arn)
    assert iam.get_policy(aws, arn) is None


def test_a_role_reads_back(aws: AwsSession) -> None:
    made = iam.create_role(aws, ROLE, path=PATH, trust=TRUST, tags=TAGS, boundary_arn=make_policy(aws, "boundary"))
    assert iam.get_role(aws, ROLE) == made
    assert (made.path, made.tags, made.trust) == (PATH, TAGS, TRUST)


def test_the_trust_and_rights_of_a_role_change(aws: AwsSession) -> None:
    iam.create_role(aws, ROLE, path=PATH, trust=TRUST, tags=TAGS)
    iam.update_trust(aws, ROLE, firehose_trust("444455556666"))
    iam.put_role_policy(aws, ROLE, "delivery", DOCUMENT)
    role = iam.get_role(aws, ROLE)
    assert role is not None
    assert role.trust == firehose_trust("444455556666")
    assert iam.role_policy(aws, ROLE, "delivery") == DOCUMENT


def test_a_role_is_deleted_with_all_it_has(aws: AwsSession) -> None:
    iam.create_role(aws, ROLE, path=PATH, trust=TRUST, tags={})
    iam.put_role_policy(aws, ROLE, "delivery", DOCUMENT)
    call(aws, "iam", "AttachRolePolicy", RoleName=ROLE, PolicyArn=make_policy(aws))
    iam.delete_role_completely(aws, ROLE)
    iam.delete_role_completely(aws, ROLE)
    assert iam.get_role(aws, ROLE) is None


def test_an_arn_of_another_partition() -> None:
    assert iam.policy_arn("111122223333", "P", path="/", partition="aws-cn") == "arn:aws-cn:iam::111122223333:policy/P"


def _json() -> str:
    from portal.aws.iam.documents import as_json

    return as_json(DOCUMENT)
