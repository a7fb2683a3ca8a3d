"""How each share of an integration stands, from rows alone: what a run put into AWS, and what the last check found."""

from dataclasses import dataclass
from datetime import datetime

from onboarding.export.shared_stream import SharedStream
from onboarding.integrations import inventory
from onboarding.integrations.inventory import Line
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState, ResourceState
from onboarding.provisioning.plan_factory import plan_for
from onboarding.provisioning.steps import fan_out
from onboarding.provisioning.steps.share import KIND
from onboarding.sharing.share import Share
from onboarding.spec import integration_spec as specs
from portal.aws.policies.document_evaluation import PolicyDecision
from portal.messages.message import Message

_KEY_VERDICTS = {
    PolicyDecision.ALLOWED: Message("share_status.key_allows"),
    PolicyDecision.DENIED: Message("share_status.key_does_not_allow"),
    PolicyDecision.UNKNOWN: Message("share_status.key_not_known"),
}


@dataclass(frozen=True, slots=True)
class ShareStatus:
    """A share, its line of the inventory (None before it was created), and what the last check found of it.

    `key_decision` is what the policy of the client's own key decides (`owns_key`), UNKNOWN where there is none.
    `checked_at` is None until a check could have seen it; `problem` says why the last check could not be made. Of an
    integration that `is_self_managed` nothing is known: its owner applies the files.
    """

    share: Share
    shared: SharedStream
    line: Line | None
    findings: tuple[DriftFinding, ...]
    checked_at: datetime | None
    problem: Message | None
    is_requested: bool
    owns_key: bool
    key_decision: PolicyDecision
    is_self_managed: bool = False

    @property
    def is_created(self) -> bool:
        """Return whether its statement was put into the resource policy."""
        return self.line is not None and self.line.state == ResourceState.PRESENT

    @property
    def look(self) -> str:
        """Return how the state is shown."""
        if not self.is_created or self.problem or self.checked_at is None or (self.line and self.line.unknown_since):
            return "unknown"
        return "failing" if self.findings or self.key_refuses else "healthy"

    @property
    def key_refuses(self) -> bool:
        """Return whether the policy of the client's own key, as last read, does not allow who reads to decrypt."""
        return self.owns_key and self.key_decision is PolicyDecision.DENIED

    @property
    def key_verdict(self) -> Message:
        """Return what is known of the client's own key, in one sentence."""
        is_known = self.checked_at and not self.problem and not self.is_self_managed
        return _KEY_VERDICTS[self.key_decision if is_known else PolicyDecision.UNKNOWN]

    @property
    def verdict(self) -> Message:
        """Return what is known, in one sentence."""
        if not self.is_created and not self.is_self_managed:
            return Message("share_status.not_created")
        if self.problem or self.is_self_managed:
            return Message("share_status.not_known")
        if self.findings:
            return Message("share_status.differs")
        if self.checked_at and self.key_refuses:
            return Message("share_status.key_refuses")
        return Message("share_status.in_place") if self.checked_at else Message("share_status.not_checked")


def shares_of(integration: Integration) -> list[ShareStatus]:
    """Return the shares of an integration that is set up, in the order of its spec. Raises Refused without a grant."""
    spec = specs.from_row(integration.spec) if integration.spec else None
    if spec is None or not spec.shares:
        return []
    plan = plan_for(integration, spec)
    was_removed = integration.state == IntegrationState.REMOVED
    listed = inventory.lines(integration, removed=was_removed)
    lines = {line.name: line for line in listed if line.kind == KIND}
    registered = {line.name: line.arn for line in listed if line.kind == fan_out.KIND}
    findings = list(integration.drift.all())
    found = []
    for share in spec.shares:
        line = lines.get(share.label)
        of_share = tuple(row for row in findings if row.step == f"share:{share.label}")
        checked = integration.drift_checked_at
        seen = checked if line is not None and checked and checked > line.since else None
        shared = SharedStream(
            label=share.label,
            reader=share.reader,
            stream_arn=plan.stream_arn,
            region=spec.stream.region,
            account_id=plan.account_id,
            partition=plan.partition,
            key_arn=plan.key_arn or "",
            consumer_arn=registered.get(share.fan_out, ""),
        )
        requested = integration.drift_requested_at
        found.append(
            ShareStatus(
                share=share,
                shared=shared,
                line=line,
                findings=of_share,
                checked_at=seen,
                problem=integration.drift_problem,
                is_requested=requested is not None and (checked is None or requested > checked),
                owns_key=spec.stream.customer_key_arn is not None,
                key_decision=PolicyDecision(integration.share_keys.get(share.label, PolicyDecision.UNKNOWN)),
                is_self_managed=integration.is_self_managed,
            )
        )
    return found


def share_of(integration: Integration, label: str) -> ShareStatus | None:
    """Return one share, or None where the integration has none of this label, or was removed."""
    if integration.state == IntegrationState.REMOVED or integration.connection is None:
        return None
    return next((status for status in shares_of(integration) if status.share.label == label), None)
