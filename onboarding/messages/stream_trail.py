"""The English of what CloudTrail recorded of a stream: what someone did, why it was denied, what cures it."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "stream_trail.created": Entry(_("Create the stream")),
    "stream_trail.deleted": Entry(_("Delete the stream")),
    "stream_trail.resharded": Entry(_("Change the number of shards")),
    "stream_trail.mode": Entry(_("Change the capacity mode")),
    "stream_trail.retention": Entry(_("Extend the retention period")),
    "stream_trail.retention_shortened": Entry(_("Shorten the retention period, which deletes older records")),
    "stream_trail.metrics": Entry(_("Change the shard-level metrics")),
    "stream_trail.encrypted": Entry(_("Start encryption, or change its key")),
    "stream_trail.encryption_stopped": Entry(_("Stop encryption")),
    "stream_trail.shared": Entry(_("Set the resource policy, which can share the stream")),
    "stream_trail.unshared": Entry(_("Delete the resource policy")),
    "stream_trail.consumer_registered": Entry(_("Register a consumer with enhanced fan-out")),
    "stream_trail.consumer_deregistered": Entry(_("Deregister a consumer with enhanced fan-out")),
    "stream_trail.record_size": Entry(_("Change the maximum record size")),
    "stream_trail.tags": Entry(_("Change tags")),
    "stream_trail.called": Entry(_("Call %(operation)s")),
    "stream_trail.cure.identity": Entry(
        _("No policy of this user or role allows it."),
        _("If it should read the stream, attach the consumer policy to it."),
    ),
    "stream_trail.cure.boundary": Entry(
        _("The permissions boundary of this user or role does not allow it."),
        _("Use a role without that boundary, or extend the boundary."),
    ),
    "stream_trail.cure.scp": Entry(
        _("A service control policy of your organization denies it."),
        _("Ask the administrators of your organization for an exception."),
    ),
    "stream_trail.cure.rcp": Entry(
        _("A resource control policy of your organization denies it."),
        _("Ask the administrators of your organization for an exception."),
    ),
    "stream_trail.cure.session": Entry(
        _("The session policy of this session does not allow it."),
        _("Assume the role again with a session policy that does, or with none."),
    ),
    "stream_trail.cure.endpoint": Entry(
        _("The policy of the VPC endpoint does not allow it."),
        _("Add this stream to the endpoint’s policy."),
    ),
    "stream_trail.cure.resource": Entry(
        _("The stream’s resource policy does not allow it."),
        _("For a caller of another account, share the stream with it, or let it assume a consumer’s role."),
    ),
    "stream_trail.cure.kms": Entry(
        _("The right to the stream’s KMS key is missing."),
        _("Attach the consumer policy, which includes it, and check the key’s policy."),
    ),
    "stream_trail.cure.unknown": Entry(
        _("AWS does not say which policy denied it."),
        _("Compare the caller’s policies with the consumer policy."),
    ),
}
