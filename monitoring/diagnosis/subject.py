"""The stream that is diagnosed, with what several checks need: each is read from AWS once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from monitoring.collection.collector import read_now
from monitoring.collection.reading import Reading
from monitoring.diagnosis.finding import NotChecked, Result
from monitoring.health.inputs import HealthInputs
from monitoring.health.measurement import health_inputs
from monitoring.models import StreamHealth
from monitoring.watched_streams import WatchedStream
from onboarding.connections import sessions
from onboarding.integrations import drift
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.provisioning.answers import Refused
from onboarding.provisioning.claims import ACTIVE
from onboarding.provisioning.context import Context
from onboarding.provisioning.differences import Difference
from onboarding.provisioning.drift_checks import checks_of
from portal.aws import kinesis
from portal.aws.errors import AwsFault
from portal.aws.kinesis import Stream
from portal.aws.policies.session_policies import SessionScope
from portal.aws.session import AwsSession
from portal.database_clock import DatabaseClock
from portal.messages.message import Message

T = TypeVar("T")


class Subject:
    """One stream of one integration while it is diagnosed. What AWS answers is read when a check first needs it."""

    def __init__(self, integration: Integration, connection: Connection, stream: WatchedStream) -> None:
        self.integration, self.connection, self.stream = integration, connection, stream
        self.clock = DatabaseClock()
        self.began = self.clock.now()
        # As it was before this diagnosis reads metrics itself.
        self.health = StreamHealth.objects.filter(integration=integration).first()
        # Until the permission report says otherwise, a denial can be that of the role.
        self.may_lack_permissions = True
        self._aws: AwsSession | None = None
        self._known: dict[str, Any] = {}

    def now(self) -> datetime:
        """Return the time, by PostgreSQL's clock."""
        return self.clock.now()

    def open(self) -> None:
        """Assume the connection's role now, for reading all that a diagnosis needs. Raises AwsFault."""
        purpose, region = f"diagnose-{self.integration.uid}", self.stream.region
        self._aws = sessions.session_anew(
            self.connection, region, purpose, SessionScope.DIAGNOSIS, fips=self.stream.uses_fips
        )

    @property
    def aws(self) -> AwsSession:
        """Return the session that reads settings. Raises NotChecked where the role could not be assumed."""
        if self._aws is None:
            raise NotChecked(Result.UNKNOWN, Message("diagnosis.needs_connection"))
        return self._aws

    @property
    def described(self) -> Stream:
        """Return the data stream as AWS describes it. Raises NotChecked where there is none, and AwsFault."""
        found = self.described_or_none
        if found is None or found.status == "DELETING":
            raise NotChecked(Result.NOT_APPLICABLE, Message("diagnosis.needs_stream"))
        return found

    @property
    def described_or_none(self) -> Stream | None:
        """Return the data stream as AWS describes it, or None. Raises AwsFault."""
        return self._once("stream", lambda: kinesis.describe_stream(self.aws, self.stream.stream_name))

    @property
    def context(self) -> Context:
        """Return what the steps' checks need. Raises NotChecked for a stream that its owner runs, and AwsFault."""
        if self.integration.is_self_managed:
            raise NotChecked(Result.NOT_APPLICABLE, Message("diagnosis.self_managed"))
        return self._once("context", lambda: drift.reading_context(self.integration, self.aws))

    @property
    def reading(self) -> Reading:
        """Return the metrics of the last three hours, read now. Raises NotChecked without a role, and AwsFault."""
        if self._aws is None:
            raise NotChecked(Result.UNKNOWN, Message("diagnosis.needs_connection"))
        return self._once("reading", lambda: read_now(self.stream, now=self.now()))

    @property
    def inputs(self) -> HealthInputs:
        """Return the measurements that the health rules judge. Raises as `reading`."""
        reading = self.reading
        return self._once("inputs", lambda: health_inputs(reading.stream, reading.series, now=self.now()))

    @property
    def has_active_run(self) -> bool:
        """Return whether a run changes the resources now."""
        return self.integration.runs.filter(state__in=ACTIVE).exists()

    def differences(self, *steps: str) -> list[Difference]:
        """Return what differs in steps, each named without its delivery or bucket. Raises as `context`."""
        return [
            difference
            for name, check in checks_of(self.context.plan)
            if name.partition(":")[0] in steps
            for difference in self._differences_of(name, check)
        ]

    def compared(self) -> list[tuple[str, Difference]]:
        """Return every difference with the name of its step. Raises as `context`."""
        return [
            (name, difference)
            for name, check in checks_of(self.context.plan)
            for difference in self._differences_of(name, check)
        ]

    def _differences_of(self, name: str, check: Callable[[Context], list[Difference]]) -> list[Difference]:
        return self._once(f"step {name}", lambda: check(self.context))

    def _once(self, name: str, read: Callable[[], T]) -> T:
        if name not in self._known:
            try:
                self._known[name] = read()
            except (AwsFault, Refused) as problem:
                self._known[name] = problem
        found = self._known[name]
        if isinstance(found, (AwsFault, Refused)):
            raise found
        return cast("T", found)
