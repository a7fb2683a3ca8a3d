"""The encrypted key has put one record, and that record was read back from the stream."""

import json

from onboarding.provisioning.context import Context, Done, Plan, Refused, Waiting
from onboarding.provisioning.polling import KEY_UNKNOWN
from onboarding.provisioning.steps import producer_policy
from portal.aws import kinesis
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.kinesis import PutReceipt

PARTITION_KEY = "sluice-test"
NOT_YET = {FaultKind.PROPAGATING, FaultKind.DENIED}


def title(plan: Plan) -> str:
    """Return what the step ensures, for people."""
    through = plan.spec.stream.endpoint.demanded
    then = f"; from then on only {through} is accepted" if through else ""
    return f"A test record, put with the sealed key, is seen in the stream{then}"


def apply(context: Context) -> Done | Waiting:
    """Use the key once, read the record back with the portal's own rights, and let the secret go."""
    known = context.ledger.credential()
    if known is None:
        raise Refused("There is no sealed key to prove.", "Try again; Sluice makes a new key.")
    if known.state in {"ready", "in_use"}:
        return Done(found=known.proof)
    try:
        receipt = context.vault.prove(data=record(context.plan), partition_key=PARTITION_KEY)
    except AwsFault as fault:
        if fault.kind in NOT_YET:
            return Waiting(KEY_UNKNOWN, "AWS does not know the new key and its rights yet; that takes 5 to 15 s.")
        raise
    if not seen(context, receipt):
        return Waiting(1, "The record was accepted; waiting to see it in the stream.")
    producer_policy.exempt_nobody(context)
    context.ledger.credential_ready(receipt)
    context.vault.forget()
    return Done(did=f"seen in {receipt.shard_id} as {receipt.sequence_number}")


def record(plan: Plan) -> bytes:
    """Return the test record's data."""
    return json.dumps({"type": "sluice.test", "integration": plan.integration_uid}).encode()


def seen(context: Context, receipt: PutReceipt) -> bool:
    """Tell whether the record stands in the stream where PutRecord said."""
    name = context.plan.spec.stream.name
    iterator = kinesis.shard_iterator(
        context.aws, name, receipt.shard_id, kind="AT_SEQUENCE_NUMBER", sequence_number=receipt.sequence_number
    )
    batch = kinesis.get_records(context.aws, iterator, receipt.shard_id, limit=1)
    return any(found.sequence_number == receipt.sequence_number for found in batch.records)
