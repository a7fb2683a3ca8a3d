"""The revoked access key is deleted with its IAM user."""

from onboarding.provisioning.answers import Done
from onboarding.provisioning.context import Context
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.remediation import revoke_access_keys
from portal.messages.message import Message


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    return Message("step.revoke_access_key")


def apply(context: Context) -> Done:
    """Revoke the access keys that a person listed: their users are deleted, and no one can download them any more."""
    context.vault.forget()
    return Done(did=Message("outcome.access_key_revoked", keys=revoke_access_keys(context)))
