import pytest
from django.db import connection as database

from monitoring.tap.source import ListedShard, NothingToRead, SamplingDisabled, Source, open_source
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from portal.aws.session import AwsSession
from portal.messages.catalogue import text_of


@pytest.mark.django_db(transaction=True)
def test_a_source_names_its_stream_and_its_tenant(integration: Integration) -> None:
    source = open_source(integration.uid)
    assert (source.stream_name, source.owner) == ("sluice-sensors", "northwind")


@pytest.mark.django_db(transaction=True)
def test_opening_leaves_no_connection_to_postgresql(integration: Integration) -> None:
    open_source(integration.uid)
    assert database.connection is None
    with pytest.raises(NothingToRead):
        open_source("no such stream")
    assert database.connection is None


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_read_says_why(integration: Integration) -> None:
    Connection.objects.update(allow_sampling=False)
    with pytest.raises(SamplingDisabled) as disabled:
        open_source(integration.uid)
    assert text_of(disabled.value.message) == "Record samples are turned off for this connection."
    Integration.objects.update(state="removed")
    with pytest.raises(NothingToRead) as missing:
        open_source(integration.uid)
    assert text_of(missing.value.message) == "There is no data stream to read."


def test_shards_have_their_parents_and_whether_they_are_open(kinesis, aws: AwsSession) -> None:
    source = Source("sluice-sensors", lambda: aws)
    first, second = (f"shardId-{number:012d}" for number in range(2))
    half = 2**127
    assert source.shards() == [
        ListedShard(first, (), is_open=True, hash_keys=(0, half - 1)),
        ListedShard(second, (), is_open=True, hash_keys=(half, 2 * half - 1)),
    ]
    kinesis.merge_shards(StreamName="sluice-sensors", ShardToMerge=first, AdjacentShardToMerge=second)
    shards = {shard.shard_id: shard for shard in source.shards()}
    assert (shards[first].is_open, shards[second].is_open) == (False, False)
    (merged,) = (shard for shard in shards.values() if shard.is_open)
    assert set(merged.parents) == {first, second}
