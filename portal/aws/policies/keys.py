"""KMS keys: what Sluice may do with those that it creates, and who may use such a key."""

from __future__ import annotations

from portal.aws.policies.statements import Document, Statement, allow, document, via_service

_ON_ITS_KEY = (
    "kms:TagResource",
    "kms:ListResourceTags",
    "kms:GetKeyPolicy",
    "kms:PutKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:EnableKeyRotation",
    "kms:CreateAlias",
)


# https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html
def key_statements(account_id: str, name_prefix: str, partition: str) -> list[Statement]:
    """Return the statements to create and name keys. What Sluice may do with a key, the policy of that key says.

    No statement is about keys with a tag: at CreateKey no key has one yet, and a right to add it would be a right over
    every key of the account. https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html
    """
    return [
        allow("MakeKeys", ["kms:CreateKey"], "*"),
        allow("NameKeys", ["kms:CreateAlias"], f"arn:{partition}:kms:*:{account_id}:alias/{name_prefix}*"),
        # A key whose answer was lost before it had an alias is found by its description, from the list of all keys.
        allow("FindKeys", ["kms:ListKeys"], "*"),
    ]


# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
def stream_key_policy(
    account_id: str, portal_role_arn: str, region: str, partition: str = "aws", *, may_delete: bool = True
) -> Document:
    """Return the policy of a key for one data stream: the account owns it, the portal uses it through Kinesis and
    manages it, and everyone else has only what IAM policies of the account allow."""
    through = {"StringEquals": {"kms:ViaService": via_service("kinesis", region, partition=partition)}}
    portal = {"AWS": portal_role_arn}
    account = {"AWS": f"arn:{partition}:iam::{account_id}:root"}
    deleting = ["kms:ScheduleKeyDeletion"] if may_delete else []
    return document(
        {**allow("TheAccountGoverns", ["kms:*"], "*"), "Principal": account},
        {**allow("SluiceLooks", ["kms:DescribeKey"], "*"), "Principal": portal},
        {**allow("SluiceThroughKinesis", ["kms:Decrypt"], "*", condition=through), "Principal": portal},
        {**allow("SluiceManages", [*_ON_ITS_KEY, *deleting], "*"), "Principal": portal},
    )
