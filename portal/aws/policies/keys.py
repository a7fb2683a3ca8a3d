"""KMS keys: what Sluice may do with those that it creates, and who may use such a key."""

from __future__ import annotations

from portal.aws.policies.statements import Document, Statement, allow, document, via_service

# The tag of keys that Sluice created. Other keys never carry it, and no permission of Sluice covers them.
MARK = ("managed-by", "sluice")


# https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html
def key_statements(account_id: str, name_prefix: str, partition: str) -> list[Statement]:
    """Return the statements to create keys, and to manage those with Sluice's tag."""
    keys, name = f"arn:{partition}:kms:*:{account_id}:key/*", MARK[0]
    ours = {"StringEquals": {f"aws:ResourceTag/{name}": MARK[1]}}
    return [
        allow("MakeKeys", ["kms:CreateKey"], "*", condition={"StringEquals": {f"aws:RequestTag/{name}": MARK[1]}}),
        allow(
            "LookAfterKeys",
            [
                "kms:GetKeyPolicy",
                "kms:PutKeyPolicy",
                "kms:GetKeyRotationStatus",
                "kms:EnableKeyRotation",
                "kms:ListResourceTags",
                "kms:TagResource",
                "kms:CreateAlias",
            ],
            keys,
            condition=ours,
        ),
        allow("NameKeys", ["kms:CreateAlias"], f"arn:{partition}:kms:*:{account_id}:alias/{name_prefix}*"),
        # A key whose worker died before it created the alias is found by its tag, from the list of all keys.
        allow("FindKeys", ["kms:ListKeys"], "*"),
        allow("DeleteKeys", ["kms:ScheduleKeyDeletion"], keys, condition=ours),
    ]


# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
def stream_key_policy(account_id: str, portal_role_arn: str, region: str, partition: str = "aws") -> Document:
    """Return the policy of a key for one data stream: the account owns it, the portal uses it through Kinesis, and
    everyone else has only what IAM policies of the account allow."""
    through = {"StringEquals": {"kms:ViaService": via_service("kinesis", region, partition=partition)}}
    portal = {"AWS": portal_role_arn}
    account = {"AWS": f"arn:{partition}:iam::{account_id}:root"}
    return document(
        {**allow("TheAccountGoverns", ["kms:*"], "*"), "Principal": account},
        {**allow("SluiceLooks", ["kms:DescribeKey"], "*"), "Principal": portal},
        {**allow("SluiceThroughKinesis", ["kms:Decrypt"], "*", condition=through), "Principal": portal},
    )
