"""A stream that its owner made long before Sluice came, with records in it and a life of its own."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from onboarding.integrations import adoption, existing_stream, runs
from onboarding.integrations.existing_stream import ExistingStream
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.spec.integration_spec import IntegrationSpec
from portal.aws import kinesis
from portal.aws.kinesis import Stream
from portal.aws.policies.chosen_permissions import chosen_permissions
from portal.aws.policies.optional_permissions import PERMISSION_BY_KEY
from portal.aws.records import get_records, put_record
from portal.aws.shards import list_shards, shard_iterator
from portal.aws.stream_settings import set_retention
from tests.onboarding.provisioning.conftest import calls
from tests.onboarding.provisioning.driving import carried_out
from tests.world import World

__all__ = ["calls", "theirs"]
NAME, REGION = "telemetry", "eu-west-1"
TAGS = {"team": "roofs", "managed-by": "terraform"}


@dataclass
class Theirs:
    """The stream of the client, and a connection that may adopt it."""

    world: World
    connection: Connection

    @property
    def arn(self) -> str:
        return f"arn:aws:kinesis:{REGION}:{self.world.account_id}:stream/{NAME}"

    def stream(self) -> Stream:
        """The stream as AWS describes it."""
        found = kinesis.describe_stream(self.world.root(), NAME)
        assert found is not None
        return found

    def tags(self) -> dict[str, str]:
        return kinesis.stream_tags(self.world.root(), NAME)

    def records(self) -> list[bytes]:
        """Every record in it, sorted."""
        root, found = self.world.root(), []
        for shard in list_shards(root, NAME):
            iterator = shard_iterator(root, NAME, shard.shard_id, kind="TRIM_HORIZON")
            found += [record.data for record in get_records(root, iterator, shard.shard_id, limit=100).records]
        return sorted(found)

    def made_anew(self) -> None:
        """Somebody deletes the stream and makes another of its name, at another second."""
        self.deleted()
        root, before = self.world.root(), self.made_at
        while True:
            kinesis.create_stream(root, NAME, mode="PROVISIONED", shard_count=3, tags=TAGS)
            if self.looked().stream.creation_timestamp != before:
                return
            self.deleted()

    def deleted(self) -> None:
        root = self.world.root()
        kinesis.delete_stream(root, NAME)
        while kinesis.describe_stream(root, NAME) is not None:
            pass

    def looked(self) -> ExistingStream:
        """The stream as Sluice finds it."""
        integration = Integration(tenant=self.world.tenant)
        found = existing_stream.find_stream(integration, self.connection, NAME, REGION)
        assert found is not None
        return found

    def spec(
        self, found: ExistingStream, *, name: str = NAME, delivery: bool = False, **settings: Any
    ) -> IntegrationSpec:
        """A declaration that adopts the stream as it is, but for what is said."""
        recipient = self.world.recipient()
        usual = self.world.spec(self.connection, recipient, delivery=delivery)
        return replace(usual, name=name, stream=replace(found.stream, **settings))

    def adopting(self, spec: IntegrationSpec | None = None, *, accept_loss: bool = False, **settings: Any) -> Run:
        """A run, not yet advanced, that adopts the stream which somebody confirmed a moment ago."""
        integration = Integration.objects.create(tenant=self.world.tenant, name="draft")
        found = self.looked()
        adoption.confirm(integration=integration, found=found, actor=self.world.admin)
        self.made_at = found.stream.creation_timestamp
        wanted = spec or self.spec(found, **settings)
        return runs.start_run(integration=integration, actor=self.world.admin, spec=wanted, accept_loss=accept_loss)

    def adopted(self, **settings: Any) -> Integration:
        """An integration that has adopted the stream."""
        run = carried_out(self.adopting(**settings))
        assert run.state == "done", run.failure
        return Integration.objects.get(pk=run.integration_id)


@pytest.fixture
def theirs(world: World) -> Theirs:
    root = world.root()
    kinesis.create_stream(root, NAME, mode="PROVISIONED", shard_count=3, tags=TAGS)
    while (kinesis.describe_stream(root, NAME) or pytest.fail("it was not made")).status != "ACTIVE":
        pass
    set_retention(root, NAME, current_hours=24, wanted_hours=72)
    for number in range(6):
        put_record(root, NAME, data=f"{number}".encode(), partition_key=str(number))
    connection = world.connected(
        chosen_permissions(PERMISSION_BY_KEY, [f"arn:aws:kinesis:{REGION}:{world.account_id}:stream/{NAME}"])
    )
    return Theirs(world, connection)
