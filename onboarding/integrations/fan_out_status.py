"""How each registered consumer of an integration stands, from rows alone: what a run did, and what a check found."""

from dataclasses import dataclass
from datetime import UTC, datetime

from onboarding.fan_out.consumer import FanOutConsumer
from onboarding.integrations import inventory
from onboarding.integrations.inventory import Line
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState, ResourceState
from onboarding.provisioning.steps.fan_out import KIND
from onboarding.spec import integration_spec as specs
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class FanOutStatus:
    """A consumer, its line of the inventory (None before it was registered), and what the last check found of it.

    `checked_at` is None until a check could have seen it; `problem` says why the last check could not be made. Of an
    integration that `is_self_managed` nothing is known: its owner applies the files.
    """

    consumer: FanOutConsumer
    line: Line | None
    findings: tuple[DriftFinding, ...]
    checked_at: datetime | None
    problem: Message | None
    is_self_managed: bool = False

    @property
    def is_registered(self) -> bool:
        """Return whether a run registered it and saw it active."""
        return self.line is not None and self.line.state == ResourceState.PRESENT

    @property
    def arn(self) -> str:
        """Return the consumer's ARN, "" before it is known."""
        return self.line.arn if self.line else ""

    @property
    def registered_at(self) -> datetime | None:
        """Return AWS's own time of the registration, with which the ARN ends; None where the ARN is not known."""
        end = self.arn.rpartition(":")[2] if "/consumer/" in self.arn else ""
        return datetime.fromtimestamp(int(end), UTC) if end.isdigit() else None

    @property
    def look(self) -> str:
        """Return how the state is shown."""
        if not self.is_registered or self.problem or (self.line and self.line.unknown_since):
            return "unknown"
        if self.findings:
            return "failing"
        return "healthy" if self.checked_at else "unknown"

    @property
    def verdict(self) -> Message:
        """Return what is known, in a few words."""
        if self.is_self_managed or self.problem or (self.line and self.line.unknown_since):
            return Message("fan_out_status.not_known")
        if not self.is_registered:
            return Message("fan_out_status.not_registered")
        if self.findings:
            return Message("fan_out_status.differs")
        return Message("fan_out_status.active") if self.checked_at else Message("fan_out_status.not_checked")


def consumers_of(integration: Integration) -> list[FanOutStatus]:
    """Return the registered consumers of an integration that is set up, in the order of its spec."""
    spec = specs.from_row(integration.spec) if integration.spec else None
    if spec is None or not spec.fan_out:
        return []
    was_removed = integration.state == IntegrationState.REMOVED
    lines = {line.name: line for line in inventory.lines(integration, removed=was_removed) if line.kind == KIND}
    findings, checked = list(integration.drift.all()), integration.drift_checked_at
    found = []
    for consumer in spec.fan_out:
        line = lines.get(consumer.name)
        found.append(
            FanOutStatus(
                consumer=consumer,
                line=line,
                findings=tuple(row for row in findings if row.step == f"fan_out:{consumer.name}"),
                checked_at=checked if line is not None and checked and checked > line.since else None,
                problem=integration.drift_problem,
                is_self_managed=integration.is_self_managed,
            )
        )
    return found
