"""A log group for errors of the topic rule exists, and errors expire as specified.

AWS IoT creates its log streams itself.
"""

from onboarding.provisioning.answers import Done
from onboarding.provisioning.context import Context
from onboarding.provisioning.devices_of import devices_of
from onboarding.provisioning.differences import Difference
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.steps import log_group
from onboarding.provisioning.steps.log_group import ErrorLog
from portal.messages.message import Message


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    return Message("step.rule_log_group", name=devices_of(plan).log_group)


def apply(context: Context) -> Done:
    """Create the log group if it is missing, and set the retention period."""
    return log_group.ensure(context, _log(context.plan))


def check(context: Context) -> list[Difference]:
    """Check that the log group exists and expires errors as specified; change nothing."""
    return log_group.compare(context, _log(context.plan))


def _log(plan: Plan) -> ErrorLog:
    names = devices_of(plan)
    return ErrorLog(names.log_group, names.log_group_arn, (), names.source.log_retention_days)
