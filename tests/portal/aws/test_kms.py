"""KMS keys."""

from portal.aws import kms
from portal.aws.calls import call
from portal.aws.session import AwsSession


def test_a_key_is_found_by_id_arn_and_alias(aws: AwsSession) -> None:
    made = call(aws, "kms", "CreateKey")["KeyMetadata"]
    call(aws, "kms", "CreateAlias", AliasName="alias/harbour", TargetKeyId=made["KeyId"])
    expected = kms.Key(arn=made["Arn"], enabled=True, manager="CUSTOMER")
    assert [kms.describe_key(aws, name) for name in (made["KeyId"], made["Arn"], "alias/harbour")] == [expected] * 3


def test_a_disabled_key_says_so(aws: AwsSession) -> None:
    made = call(aws, "kms", "CreateKey")["KeyMetadata"]
    call(aws, "kms", "DisableKey", KeyId=made["KeyId"])
    found = kms.describe_key(aws, made["KeyId"])
    assert found is not None
    assert not found.enabled


def test_a_key_that_is_absent_is_none(aws: AwsSession) -> None:
    absent = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    assert kms.describe_key(aws, absent) is None
