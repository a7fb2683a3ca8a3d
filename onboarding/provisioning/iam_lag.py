"""Denials that end by themselves: IAM does not know everywhere yet what this run created a moment ago.

The grant's rights are limited to a path, which belongs to the entity. Where IAM does not know a user, role or policy
yet, no right covers it, and AWS answers AccessDenied, not NoSuchEntity.
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency
"""

from datetime import timedelta

from django.db.models.functions import Now

from onboarding.models.resource import Resource
from onboarding.models.run import Run
from onboarding.models.states import ResourceState
from onboarding.provisioning.root_causes import names_policy_of_account
from onboarding.provisioning.steps import access_key, consumer_role, firehose_role, producer_policy, producer_role
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind

SETTLES = timedelta(seconds=60)
_KEY_STEP = "access_key"
_KINDS = (access_key.KIND, consumer_role.KIND, firehose_role.KIND, producer_policy.KIND, producer_role.KIND)
# Denied before anything exists, so nothing can still become known.
_CREATIONS = {"iam:CreateUser", "iam:CreateRole", "iam:CreatePolicy"}


def may_be_lag(run: Run, fault: AwsFault) -> bool:
    """Return whether a denial may be IAM's lag about a user, role or policy that this run created within SETTLES."""
    if fault.kind is not FaultKind.DENIED or not _is_about_identity(fault) or names_policy_of_account(fault.aws_text):
        return False
    kinds = [kind for kind in _KINDS if kind != access_key.KIND or _is_first_key(run)]
    young = Resource.objects.filter(integration_id=run.integration_id, kind__in=kinds)
    young = young.exclude(state=ResourceState.REMOVED).filter(intended_at__gt=Now() - SETTLES)
    return young.filter(intended_at__gte=run.created_at).exists()


def _is_first_key(run: Run) -> bool:
    # Each attempt creates a new user: judged by its own age, a denial that stays would be waited for without an end.
    return run.steps.filter(name=_KEY_STEP, started_at__gt=Now() - SETTLES).exists()


def _is_about_identity(fault: AwsFault) -> bool:
    if "explicit deny" in fault.aws_text.lower() or fault.operation in _CREATIONS:
        return False
    return fault.operation.startswith("iam:") or "iam:passrole" in fault.aws_text.lower()
