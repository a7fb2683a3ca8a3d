"""The encrypted key has put one record, and that record was read back from the stream where samples are allowed."""

import json

from onboarding.provisioning.answers import Done, Refused, Waiting
from onboarding.provisioning.context import Context
from onboarding.provisioning.ledger_protocol import PROVED
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.polling import KEY_UNKNOWN
from onboarding.provisioning.steps import producer_policy
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.records import PutReceipt, get_records
from portal.aws.shards import shard_iterator
from portal.messages.message import Message

PARTITION_KEY = "sluice-test"
NOT_YET = {FaultKind.PROPAGATING, FaultKind.DENIED}


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    endpoint = plan.spec.stream.endpoint.demanded
    return Message("step.test_record_endpoint", endpoint=endpoint) if endpoint else Message("step.test_record")


def apply(context: Context) -> Done | Waiting:
    """Use the key once, read the record back if the client allows samples, and forget the secret."""
    known = context.ledger.credential()
    if known is None:
        raise Refused(Message("refused.no_encrypted_key"))
    if known.state in PROVED:
        return Done(found=known.proof)
    try:
        receipt = context.vault.prove(data=record(context.plan), partition_key=PARTITION_KEY)
    except AwsFault as fault:
        if fault.kind in NOT_YET:
            return Waiting(KEY_UNKNOWN, Message("waiting.access_key_propagating"), str(fault))
        raise
    if context.terms.may_read and not seen(context, receipt):
        return Waiting(1, Message("waiting.test_record"))
    producer_policy.remove_exemption(context)
    context.ledger.credential_proved(receipt, is_read=context.terms.may_read)
    context.vault.forget()
    return Done(did=proof(receipt.shard_id, receipt.sequence_number, is_read=context.terms.may_read))


def proof(shard_id: str, sequence_number: str, *, is_read: bool) -> Message:
    """Return where the test record is; `is_read` says that it was read back."""
    if is_read:
        return Message("outcome.record_seen", shard=shard_id, sequence_number=sequence_number)
    return Message("outcome.record_accepted", shard=shard_id, sequence_number=sequence_number)


def record(plan: Plan) -> bytes:
    """Return the test record's data."""
    return json.dumps({"type": "sluice.test", "integration": plan.integration_uid}).encode()


def seen(context: Context, receipt: PutReceipt) -> bool:
    """Return whether the record is in the stream where PutRecord reported it."""
    name = context.plan.spec.stream.name
    iterator = shard_iterator(
        context.aws, name, receipt.shard_id, kind="AT_SEQUENCE_NUMBER", sequence_number=receipt.sequence_number
    )
    batch = get_records(context.aws, iterator, receipt.shard_id, limit=1)
    return any(found.sequence_number == receipt.sequence_number for found in batch.records)
