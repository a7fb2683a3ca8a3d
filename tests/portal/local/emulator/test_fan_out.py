"""The emulator's registered consumers: AWS's names, limits, states, tags and policies, and what holds a stream."""

import itertools
import json
from typing import Any

import pytest

from portal.local.ministack import MiniStack
from tests.portal.local.emulator.test_sharing import refusal

REGION = "eu-west-1"
_numbers = itertools.count(469500000000)


class Account:
    """An account with one stream."""

    def __init__(self, ministack: MiniStack, mode: str = "PROVISIONED") -> None:
        account_id = str(next(_numbers))
        self.kinesis = ministack.root(account_id, region=REGION).client("kinesis", single_attempt=True)
        shards = {"ShardCount": 1} if mode == "PROVISIONED" else {}
        self.kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": mode}, **shards)
        self.arn = f"arn:aws:kinesis:{REGION}:{account_id}:stream/s"

    def register(self, name: str, **more: Any) -> str:
        answer = self.kinesis.register_stream_consumer(StreamARN=self.arn, ConsumerName=name, **more)
        return str(answer["Consumer"]["ConsumerARN"])

    def status(self, arn: str) -> str:
        described = self.kinesis.describe_stream_consumer(ConsumerARN=arn)
        return str(described["ConsumerDescription"]["ConsumerStatus"])

    def fill(self, names: int) -> None:
        for number in range(names):
            self.register(f"c{number}")
            self.kinesis.list_stream_consumers(StreamARN=self.arn)


@pytest.fixture
def account(ministack_env: MiniStack) -> Account:
    return Account(ministack_env)


def test_a_consumer_is_creating_then_active_and_deleting_then_gone(account: Account) -> None:
    arn = account.register("reporting", Tags={"sluice:integration": "5f0c"})
    assert account.kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"] == [
        {"Key": "sluice:integration", "Value": "5f0c"}
    ], "from CREATING on"
    assert [account.status(arn), account.status(arn)] == ["CREATING", "ACTIVE"]
    account.kinesis.tag_resource(ResourceARN=arn, Tags={"a": "b"})
    account.kinesis.untag_resource(ResourceARN=arn, TagKeys=["sluice:integration"])
    assert account.kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    account.kinesis.deregister_stream_consumer(ConsumerARN=arn)
    assert account.status(arn) == "DELETING"
    assert "ResourceNotFound" in refusal(lambda: account.status(arn))


def test_names_and_duplicates_are_refused(account: Account) -> None:
    assert "ValidationException" in refusal(lambda: account.register("a b"))
    account.register("reporting")
    assert "ResourceInUseException" in refusal(lambda: account.register("reporting"))


def test_five_can_be_creating_and_a_sixth_waits(account: Account) -> None:
    for number in range(5):
        account.register(f"c{number}")
    assert "in CREATING" in refusal(lambda: account.register("c5"))
    account.kinesis.list_stream_consumers(StreamARN=account.arn)
    account.register("c5")


@pytest.mark.parametrize("mode", ["PROVISIONED", "ON_DEMAND"])
def test_a_stream_has_twenty_consumers(ministack_env: MiniStack, mode: str) -> None:
    account = Account(ministack_env, mode)
    account.fill(20)
    assert "LimitExceededException: Stream" in refusal(lambda: account.register("c20"))


def test_an_on_demand_stream_has_fifty_with_on_demand_advantage(ministack_env: MiniStack) -> None:
    account = Account(ministack_env, "ON_DEMAND")
    account.kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": "ENABLED"})
    account.fill(50)
    assert "LimitExceededException" in refusal(lambda: account.register("c50"))


def test_a_stream_with_consumers_is_deleted_only_with_them(account: Account) -> None:
    account.register("reporting")
    assert "ResourceInUseException" in refusal(lambda: account.kinesis.delete_stream(StreamName="s"))
    account.kinesis.delete_stream(StreamName="s", EnforceConsumerDeletion=True)


def test_a_consumer_has_a_policy_of_its_own_which_goes_with_it(account: Account) -> None:
    arn = account.register("reporting")
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "444455556666"},
        "Action": ["kinesis:SubscribeToShard", "kinesis:DescribeStreamConsumer"],
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    account.kinesis.put_resource_policy(ResourceARN=arn, Policy=policy)
    assert json.loads(account.kinesis.get_resource_policy(ResourceARN=arn)["Policy"])["Statement"] == [statement]
    account.status(arn)
    account.kinesis.deregister_stream_consumer(ConsumerARN=arn)
    assert account.status(arn) == "DELETING"
    assert "ResourceNotFound" in refusal(lambda: account.kinesis.get_resource_policy(ResourceARN=arn))
