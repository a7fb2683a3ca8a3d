"""A run's steps, as the client's page shows them."""

from django.contrib import admin

from onboarding.models.run import Run, Step
from portal.messages.catalogue import explanation_of, text_of
from portal.tenancy.admin_access import Boxed, SeenByStaff


class StepInline(Boxed, SeenByStaff, admin.TabularInline[Step, Run]):
    """A run's steps, as the client's page shows them."""

    model = Step
    fields = ["condition", "state", "outcome", "why", "attempts", "finished_at"]
    readonly_fields = ["condition", "state", "outcome", "why", "attempts", "finished_at"]
    ordering = ["position"]
    extra = 0

    @admin.display(description="title")
    def condition(self, step: Step) -> str:
        """Return the condition that the step guarantees."""
        return text_of(step.title)

    @admin.display(description="result")
    def outcome(self, step: Step) -> str:
        """Return what the step found, and what it changed."""
        return "; ".join(filter(None, [text_of(step.found), text_of(step.did)]))

    @admin.display(description="reason")
    def why(self, step: Step) -> str:
        """Return the reason, what to do, and AWS's own text."""
        aws = f"AWS response: {step.aws_detail}" if step.aws_detail else ""
        return f"{explanation_of(step.reason)} {aws}".strip()
