"""Users, access keys, policies and roles."""

from datetime import UTC, datetime

import pytest
from botocore.stub import Stubber

from portal.aws.calls import call
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.access_keys import (
    KeyUse,
    access_key_ids,
    access_key_last_used,
    create_access_key,
    delete_access_key,
    set_access_key_status,
)
from portal.aws.iam.managed_policies import create_policy, delete_policy, get_policy, new_policy_version, policy_arn
from portal.aws.iam.roles import (
    create_role,
    delete_role_completely,
    get_role,
    put_role_policy,
    role_policy,
    update_trust,
)
from portal.aws.iam.users import (
    attach_user_policy,
    attached_policies,
    create_user,
    delete_user_completely,
    detach_user_policy,
    get_user,
)
from portal.aws.policies.delivery import firehose_trust_policy
from portal.aws.policies.producer import producer_policy
from portal.aws.session import AwsSession, portal_session

USER, ROLE, PATH, TAGS = "sluice-vendor", "sluice-firehose", "/sluice/", {"managed-by": "sluice"}
DOCUMENT = producer_policy("arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-a")
TRUST = firehose_trust_policy("111122223333")


def make_policy(aws: AwsSession, name: str = "sluice-producer") -> str:
    return create_policy(aws, name, path=PATH, document=DOCUMENT, tags=TAGS)


def test_what_is_absent_is_none(aws: AwsSession) -> None:
    assert get_user(aws, USER) is None
    assert get_role(aws, ROLE) is None
    assert get_policy(aws, policy_arn("111122223333", "sluice-producer")) is None
    assert role_policy(aws, ROLE, "delivery") is None


def test_a_user_reads_back(aws: AwsSession) -> None:
    made = create_user(aws, USER, path=PATH, tags=TAGS)
    assert get_user(aws, USER) == made
    assert (made.arn, made.tags) == (f"arn:aws:iam::111122223333:user/sluice/{USER}", TAGS)


def test_a_user_of_the_name_is_a_conflict(aws: AwsSession) -> None:
    create_user(aws, USER, path=PATH, tags={})
    with pytest.raises(AwsFault) as caught:
        create_user(aws, USER, path=PATH, tags={})
    assert (caught.value.kind, caught.value.retryable) == (FaultKind.CONFLICT, False)


def test_access_keys_are_made_switched_and_deleted(aws: AwsSession) -> None:
    create_user(aws, USER, path=PATH, tags={})
    key = create_access_key(aws, USER)
    assert [(listed.id, listed.status) for listed in access_key_ids(aws, USER)] == [(key.access_key_id, "Active")]
    set_access_key_status(aws, USER, key.access_key_id, "Inactive")
    assert access_key_ids(aws, USER)[0].status == "Inactive"
    delete_access_key(aws, USER, key.access_key_id)
    delete_access_key(aws, USER, key.access_key_id)
    assert access_key_ids(aws, USER) == []


def test_a_third_access_key_is_beyond_the_quota(aws: AwsSession) -> None:
    create_user(aws, USER, path=PATH, tags={})
    create_access_key(aws, USER)
    create_access_key(aws, USER)
    with pytest.raises(AwsFault) as caught:
        create_access_key(aws, USER)
    assert caught.value.kind is FaultKind.QUOTA


def test_a_key_that_was_never_used_has_no_last_use(aws: AwsSession) -> None:
    at = datetime(2026, 11, 30, 1, 15, tzinfo=UTC)
    with Stubber(aws.client("iam")) as answers:
        for more in ({}, {"LastUsedDate": at}):
            last = {"ServiceName": "kinesis", "Region": "eu-west-1", **more}
            answers.add_response("get_access_key_last_used", {"UserName": USER, "AccessKeyLastUsed": last})
        assert access_key_last_used(aws, "AKIA0123456789ABCDEF") is None
        assert access_key_last_used(aws, "AKIA0123456789ABCDEF") == KeyUse(at, "kinesis", "eu-west-1")


def test_policies_are_attached_and_detached(aws: AwsSession) -> None:
    create_user(aws, USER, path=PATH, tags={})
    arn = make_policy(aws)
    attach_user_policy(aws, USER, arn)
    attach_user_policy(aws, USER, arn)
    assert attached_policies(aws, USER) == [arn]
    detach_user_policy(aws, USER, arn)
    detach_user_policy(aws, USER, arn)
    assert attached_policies(aws, USER) == []


def test_a_user_is_deleted_with_all_it_has(aws: AwsSession) -> None:
    create_user(aws, USER, path=PATH, tags={})
    create_access_key(aws, USER)
    arn = make_policy(aws)
    attach_user_policy(aws, USER, arn)
    call(aws, "iam", "PutUserPolicy", UserName=USER, PolicyName="inline", PolicyDocument=_json())
    delete_user_completely(aws, USER)
    delete_user_completely(aws, USER)
    assert get_user(aws, USER) is None
    assert get_policy(aws, arn) is not None


def test_a_policy_reads_back(aws: AwsSession) -> None:
    arn = make_policy(aws)
    assert arn == policy_arn("111122223333", "sluice-producer")
    policy = get_policy(aws, arn)
    assert policy is not None
    assert (policy.name, policy.default_version_id) == ("sluice-producer", "v1")
    assert (policy.document, policy.tags) == (DOCUMENT, TAGS)


def test_the_oldest_version_gives_way(aws: AwsSession) -> None:
    arn = make_policy(aws)
    assert [new_policy_version(aws, arn, DOCUMENT) for _ in range(6)] == ["v2", "v3", "v4", "v5", "v6", "v7"]
    left = call(aws, "iam", "ListPolicyVersions", PolicyArn=arn)["Versions"]
    assert sorted(version["VersionId"] for version in left) == ["v3", "v4", "v5", "v6", "v7"]
    policy = get_policy(aws, arn)
    assert policy is not None
    assert policy.default_version_id == "v7"


def test_the_oldest_version_stays_while_it_is_the_default() -> None:
    aws = portal_session("eu-west-1")
    arn = policy_arn("111122223333", "sluice-producer")
    versions = [{"VersionId": f"v{i}", "IsDefaultVersion": i == 8} for i in (8, 9, 10, 11, 12)]
    with Stubber(aws.client("iam")) as stub:
        stub.add_response("list_policy_versions", {"Versions": versions, "IsTruncated": False})
        stub.add_response("delete_policy_version", {}, {"PolicyArn": arn, "VersionId": "v9"})
        stub.add_response("create_policy_version", {"PolicyVersion": {"VersionId": "v13"}})
        assert new_policy_version(aws, arn, DOCUMENT) == "v13"


def test_a_policy_is_deleted_with_its_versions(aws: AwsSession) -> None:
    arn = make_policy(aws)
    new_policy_version(aws, arn, DOCUMENT)
    delete_policy(aws, arn)
    delete_policy(aws, arn)
    assert get_policy(aws, arn) is None


def test_a_role_reads_back(aws: AwsSession) -> None:
    made = create_role(aws, ROLE, path=PATH, trust=TRUST, tags=TAGS, boundary_arn=make_policy(aws, "boundary"))
    assert get_role(aws, ROLE) == made
    assert (made.path, made.tags, made.trust) == (PATH, TAGS, TRUST)


def test_the_trust_and_rights_of_a_role_change(aws: AwsSession) -> None:
    create_role(aws, ROLE, path=PATH, trust=TRUST, tags=TAGS)
    update_trust(aws, ROLE, firehose_trust_policy("444455556666"))
    put_role_policy(aws, ROLE, "delivery", DOCUMENT)
    role = get_role(aws, ROLE)
    assert role is not None
    assert role.trust == firehose_trust_policy("444455556666")
    assert role_policy(aws, ROLE, "delivery") == DOCUMENT


def test_a_role_is_deleted_with_all_it_has(aws: AwsSession) -> None:
    create_role(aws, ROLE, path=PATH, trust=TRUST, tags={})
    put_role_policy(aws, ROLE, "delivery", DOCUMENT)
    call(aws, "iam", "AttachRolePolicy", RoleName=ROLE, PolicyArn=make_policy(aws))
    delete_role_completely(aws, ROLE)
    delete_role_completely(aws, ROLE)
    assert get_role(aws, ROLE) is None


def test_an_arn_of_another_partition() -> None:
    assert policy_arn("111122223333", "P", path="/", partition="aws-cn") == "arn:aws-cn:iam::111122223333:policy/P"


def _json() -> str:
    from portal.aws.iam.documents import as_json

    return as_json(DOCUMENT)
