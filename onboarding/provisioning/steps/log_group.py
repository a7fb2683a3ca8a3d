"""A log group and log stream for delivery errors exist; Firehose by API does not make them itself."""

from onboarding.provisioning.context import Context, Done, Plan
from portal.aws import logs

KIND = "log group"
LOG_STREAM = "DestinationDelivery"


def title(plan: Plan) -> str:
    """Return what the step ensures, for people."""
    return f"Log group {plan.log_group} takes delivery errors"


def apply(context: Context) -> Done:
    """Create the log group and its stream where they are missing."""
    plan = context.plan
    if context.ledger.intended_at(KIND, plan.log_group) is None:
        context.ledger.intend(KIND, plan.log_group)
    created = logs.ensure_log_group(context.aws, plan.log_group, plan.tags)
    logs.ensure_log_stream(context.aws, plan.log_group, LOG_STREAM)
    context.ledger.present(KIND, plan.log_group, plan.log_group_arn)
    return Done(arn=plan.log_group_arn, found="" if created else "as wanted", did="created" if created else "")
