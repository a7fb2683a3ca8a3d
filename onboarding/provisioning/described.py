"""What a step describes in AWS: each description is also kept, as what is known of the account. Part of the steps."""

from onboarding.provisioning.context import Context
from portal.aws import firehose, kinesis
from portal.aws.firehose import DeliveryStream
from portal.aws.kinesis import Stream


def described_stream(context: Context) -> Stream | None:
    """Return the plan's data stream as AWS describes it now, or None. Raises AwsFault."""
    name = context.plan.spec.stream.name
    found = kinesis.describe_stream(context.aws, name)
    context.ledger.saw_stream(name, found)
    return found


def described_delivery(context: Context, name: str) -> DeliveryStream | None:
    """Return a Firehose stream as AWS describes it now, or None. Raises AwsFault."""
    found = firehose.describe_delivery_stream(context.aws, name)
    context.ledger.saw_delivery(name, found)
    return found
