"""Which failed steps of a run have one cause, so that it is reported once and not by each of them."""

from collections.abc import Iterable

from onboarding.models.run import Step
from onboarding.models.states import StepState

# What keeps more than one call from working, whichever step meets it first.
_OF_MANY_CALLS = {
    "aws.throttled",
    "aws.region_not_enabled",
    "aws.no_portal_credentials",
    "aws.session_expired",
    "aws.signature_rejected",
    "aws.unreachable",
}
# AWS names the kind of policy that denies: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_POLICIES_OF_ACCOUNT = ("service control policy", "resource control policy", "permissions boundary")


def root_cause(step: Step) -> str:
    """Return what names the cause of a failed step if other steps can fail for the same one, else an empty text."""
    if step.state != StepState.FAILED or step.reason is None:
        return ""
    if step.reason.code in _OF_MANY_CALLS:
        return step.reason.code
    return names_policy_of_account(step.aws_detail)


def names_policy_of_account(aws_text: str) -> str:
    """Return the kind of policy outside Sluice's role that AWS names as the cause of a denial, or an empty text."""
    return next((policy for policy in _POLICIES_OF_ACCOUNT if policy in aws_text.lower()), "")


def with_one_cause(steps: Iterable[Step]) -> list[Step]:
    """Return the failed steps that share the cause of the first failed one; none if it failed alone."""
    failed = [step for step in steps if step.state == StepState.FAILED]
    cause = root_cause(failed[0]) if failed else ""
    shared = [step for step in failed if cause and root_cause(step) == cause]
    return shared if len(shared) > 1 else []
