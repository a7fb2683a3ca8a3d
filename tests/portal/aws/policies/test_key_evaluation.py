"""Whether a key's policy allows a principal of another account to decrypt a stream's records: yes, no, or not known."""

from typing import Any

import pytest

from portal.aws.policies.document_evaluation import PolicyDecision
from portal.aws.policies.key_evaluation import decrypt_decision
from portal.aws.policies.keys import stream_key_policy
from portal.aws.policies.shares import key_share_statement, with_statement
from portal.aws.policies.statements import document

ACCOUNT, OTHER = "111122223333", "444455556666"
STREAM = f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/sluice-sensors"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
READER, ROOT = f"arn:aws:iam::{OTHER}:role/reader", f"arn:aws:iam::{OTHER}:root"
OURS = key_share_statement("SluiceShare", READER, "eu-west-1", "aws")
OWN = stream_key_policy(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/SluiceAccess", "eu-west-1")
ALLOWED, DENIED, UNKNOWN = PolicyDecision.ALLOWED, PolicyDecision.DENIED, PolicyDecision.UNKNOWN


def decide(policy: dict[str, Any], principal: str = READER) -> PolicyDecision:
    return decrypt_decision(policy, key_arn=KEY, principal_arn=principal, stream_arn=STREAM)


def test_our_statement_admits_its_principal_and_no_one_else() -> None:
    policy = with_statement(OWN, OURS)
    assert decide(OWN) is DENIED
    assert decide(policy) is ALLOWED
    assert decide(policy, READER + "s") is DENIED
    assert decide(policy, ROOT) is UNKNOWN, "one role of the account can"
    assert decide(with_statement(OWN, {**OURS, "Principal": {"AWS": [OTHER]}})) is ALLOWED


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"Action": ["kms:GenerateDataKey"]}, DENIED),
        ({"Action": "kms:*"}, ALLOWED),
        ({"Resource": KEY}, ALLOWED),
        ({"Resource": KEY.replace("1234abcd", "99999999")}, DENIED),
        ({"Condition": {}}, ALLOWED),
        ({"Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}, DENIED),
        ({"Condition": {"StringLike": {"kms:viaService": "kinesis.*.amazonaws.com"}}}, ALLOWED),
        ({"Condition": {"StringEquals": {"kms:CallerAccount": OTHER}}}, ALLOWED),
        ({"Condition": {"StringNotEquals": {"kms:CallerAccount": OTHER}}}, DENIED),
        ({"Condition": {"ArnLike": {"kms:EncryptionContext:aws:kinesis:arn": STREAM}}}, ALLOWED),
        ({"Condition": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/*"}}}, ALLOWED),
        ({"Condition": {"Bool": {"aws:SecureTransport": True}}}, ALLOWED),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, UNKNOWN),
        ({"Condition": {"NumericEquals": {"kms:CallerAccount": OTHER}}}, UNKNOWN),
        ({"NotAction": "kms:Put*"}, UNKNOWN),
    ],
)
def test_other_statements_are_evaluated_or_unknown(changed: dict[str, Any], expected: PolicyDecision) -> None:
    statement = {**OURS, **changed}
    if "NotAction" in changed:
        del statement["Action"]
    assert decide(document(statement)) is expected


def test_a_denial_decides() -> None:
    everyone = {"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
    assert decide(document(OURS, everyone)) is DENIED
    by_org = {**everyone, "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}
    assert decide(document(OURS, by_org)) is UNKNOWN
