"""An event of CloudTrail in words: what someone did with the stream, why it was denied, and what cures it."""

from portal.aws.permissions.denials import DenialCause, cause_in
from portal.aws.trail_stream import StreamEvent
from portal.messages.message import Message

_DEEDS: dict[str, Message] = {
    "CreateStream": Message("stream_trail.created"),
    "DeleteStream": Message("stream_trail.deleted"),
    "UpdateShardCount": Message("stream_trail.resharded"),
    "SplitShard": Message("stream_trail.resharded"),
    "MergeShards": Message("stream_trail.resharded"),
    "UpdateStreamMode": Message("stream_trail.mode"),
    "IncreaseStreamRetentionPeriod": Message("stream_trail.retention"),
    "DecreaseStreamRetentionPeriod": Message("stream_trail.retention_shortened"),
    "EnableEnhancedMonitoring": Message("stream_trail.metrics"),
    "DisableEnhancedMonitoring": Message("stream_trail.metrics"),
    "StartStreamEncryption": Message("stream_trail.encrypted"),
    "StopStreamEncryption": Message("stream_trail.encryption_stopped"),
    "PutResourcePolicy": Message("stream_trail.shared"),
    "DeleteResourcePolicy": Message("stream_trail.unshared"),
    "RegisterStreamConsumer": Message("stream_trail.consumer_registered"),
    "DeregisterStreamConsumer": Message("stream_trail.consumer_deregistered"),
    "UpdateMaxRecordSize": Message("stream_trail.record_size"),
    "AddTagsToStream": Message("stream_trail.tags"),
    "RemoveTagsFromStream": Message("stream_trail.tags"),
    "TagResource": Message("stream_trail.tags"),
    "UntagResource": Message("stream_trail.tags"),
}
_CURES: dict[DenialCause, Message] = {
    DenialCause.IDENTITY_POLICY: Message("stream_trail.cure.identity"),
    DenialCause.BOUNDARY: Message("stream_trail.cure.boundary"),
    DenialCause.SCP: Message("stream_trail.cure.scp"),
    DenialCause.RCP: Message("stream_trail.cure.rcp"),
    DenialCause.SESSION_POLICY: Message("stream_trail.cure.session"),
    DenialCause.ENDPOINT_POLICY: Message("stream_trail.cure.endpoint"),
    DenialCause.RESOURCE_POLICY: Message("stream_trail.cure.resource"),
    DenialCause.KMS: Message("stream_trail.cure.kms"),
}


def deed(event: StreamEvent) -> Message:
    """Return what was done with the stream, or was to be done."""
    return _DEEDS.get(event.operation, Message("stream_trail.called", operation=event.operation))


def cure(event: StreamEvent) -> Message:
    """Return what cures a denied call, by the kind of policy that AWS's text names."""
    cause = DenialCause.KMS if " kms:" in event.aws_text.lower() else cause_in(event.aws_text)
    return _CURES.get(cause, Message("stream_trail.cure.unknown"))
