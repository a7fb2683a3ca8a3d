"""KMS keys: what the portal may do with those that it makes, and who may use such a key."""

from __future__ import annotations

from portal.aws.policies.statements import Document, Statement, allow, document, via_service

# What marks a key as made by the portal. A key of anybody else never carries it, and no right of ours reaches one.
MARK = ("managed-by", "sluice")


# https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html
def key_rights(account_id: str, name_prefix: str, partition: str) -> list[Statement]:
    """Return what the portal needs to make keys and to look after those that it made, by their tag."""
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
        # A key that a worker made before it died has no alias yet: it is found by its tag, from the list of all.
        allow("FindKeys", ["kms:ListKeys"], "*"),
        allow("DeleteKeys", ["kms:ScheduleKeyDeletion"], keys, condition=ours),
    ]


# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
def stream_key(account_id: str, portal_role_arn: str, region: str, partition: str = "aws") -> Document:
    """Return the policy of a key for one data stream: the account itself governs it, the portal uses it through
    Kinesis, and everybody else has only what IAM policies of the account give."""
    through = {"StringEquals": {"kms:ViaService": via_service("kinesis", region, partition=partition)}}
    portal = {"AWS": portal_role_arn}
    account = {"AWS": f"arn:{partition}:iam::{account_id}:root"}
    return document(
        {**allow("TheAccountGoverns", ["kms:*"], "*"), "Principal": account},
        {**allow("SluiceLooks", ["kms:DescribeKey"], "*"), "Principal": portal},
        {**allow("SluiceThroughKinesis", ["kms:Decrypt"], "*", condition=through), "Principal": portal},
    )
