"""The rights of Firehose's role for every kind of destination, as written down."""

import json
from pathlib import Path
from typing import Any

import pytest
from policy_sentry.querying.all import get_all_actions

from onboarding.deliveries.destination import Place
from onboarding.deliveries.kinds import KINDS, read
from portal.aws.policies.delivery import firehose_role_policy
from tests.onboarding.deliveries_examples import ACCOUNT, REGION, example

GOLDEN = Path(__file__).parent / "golden"
GROUP = "/aws/kinesisfirehose/sluice-harbour"
PLACE = Place(
    region=REGION,
    account_id=ACCOUNT,
    partition="aws",
    role_arn=f"arn:aws:iam::{ACCOUNT}:role/sluice/sluice-firehose",
    bucket_arn=f"arn:aws:s3:::sluice-sensors-{ACCOUNT}",
    log_group=GROUP,
)
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:sluice-mask"
CONVERTED = {"conversion": {"format": "parquet", "database": "buildings", "table": "readings"}}
VPC = {"vpc": {"subnet_ids": ["subnet-0a1b2c3d"], "security_group_ids": ["sg-0a1b2c3d"]}}
CASES: dict[str, tuple[str, dict[str, Any], bool]] = {
    **{kind: (kind, {}, False) for kind in KINDS},
    "s3-transformed-converted": ("s3", CONVERTED, True),
    "redshift-source-backup": ("redshift", {"source_backup_prefix": "raw/"}, False),
    "http-without-secret": ("http", {"secret_arn": None}, False),
    "opensearch-vpc": ("opensearch", VPC, False),
}


def document(case: str) -> dict[str, Any]:
    kind, settings, is_transformed = CASES[case]
    plain = example(kind, transform={"function_arn": FUNCTION} if is_transformed else None)
    plain["destination"] |= settings
    delivery = read(plain)
    return firehose_role_policy(
        f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/sluice-sensors",
        PLACE.bucket_arn,
        delivery.prefix,
        f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}",
        error_prefix=delivery.error_prefix,
        more_prefixes=delivery.destination.prefixes,
        more=delivery.statements(PLACE),
    )


def actions(found: dict[str, Any]) -> set[str]:
    return {action for statement in found["Statement"] for action in statement["Action"]}


@pytest.mark.parametrize("case", CASES)
def test_a_role_is_as_written_down(case: str) -> None:
    assert document(case) == json.loads((GOLDEN / f"firehose-role-{case}.json").read_text())


def test_nothing_written_down_is_forgotten() -> None:
    assert {path.stem.removeprefix("firehose-role-") for path in GOLDEN.glob("*.json")} == set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_every_action_exists(case: str) -> None:
    assert actions(document(case)) - get_all_actions() == set()


@pytest.mark.parametrize("case", CASES)
def test_a_role_reads_a_secret_only_where_one_is_named(case: str) -> None:
    kind, settings, _ = CASES[case]
    named = (example(kind)["destination"] | settings).get("secret_arn")
    found = {statement["Sid"]: statement["Resource"] for statement in document(case)["Statement"]}
    assert found.get("ReadTheSecret") == named
