"""The English of shares: a data stream that principals of other AWS accounts read."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

_ROLE = _("Enter the ARN of the IAM role that reads, such as arn:aws:iam::111122223333:role/reader.")

ENTRIES = {
    # What a spec declares.
    "share.label": Entry(_("A label has 1 to 30 lowercase letters, digits and hyphens, without a hyphen at its ends.")),
    "share.label_twice": Entry(_("Another share is labelled %(label)s."), _("Use a different label for each.")),
    "share.principal_twice": Entry(_("%(principal)s is listed twice."), _("Remove one of them.")),
    "share.principal_wildcard": Entry(
        _("AWS accepts no wildcards in the principal of a stream's resource policy."), _ROLE
    ),
    "share.principal_function": Entry(
        _("This is the ARN of a Lambda function. A stream is shared with the role that the function runs as."),
        _("Enter the ARN of its execution role: Configuration, Permissions in the Lambda console."),
    ),
    "share.principal_stream": Entry(_("This is the ARN of a data stream, not of who reads it."), _ROLE),
    "share.principal_service": Entry(_("A stream cannot be shared with an AWS service."), _ROLE),
    "share.principal_root": Entry(_("This is an AWS account."), _("Enter its 12 digits only.")),
    "share.principal_session": Entry(
        _("This is a session, which ends."), _("Enter the ARN of its role: arn:aws:iam::…:role/…")
    ),
    "share.principal_separated": Entry(
        _("An account ID has 12 digits without spaces or hyphens."), _("Enter the digits only.")
    ),
    "share.principal_unknown": Entry(
        _("This is neither the ARN of an IAM role or user nor the 12 digits of an AWS account."), _ROLE
    ),
    "share.principal_own_account": Entry(
        _("%(account)s is the account of the stream. Its own roles need no share: their IAM policies decide."),
        _("Attach the consumer policy of the stream to the role."),
    ),
    "share.principal_partition": Entry(
        _("This principal is in the partition %(found)s, the stream in %(partition)s: nothing is shared between them.")
    ),
    "share.aws_managed_key": Entry(
        _(
            "The stream is encrypted with the AWS managed key alias/aws/kinesis. No other account can decrypt with it, "
            "so the stream cannot be shared."
        ),
        _("Encrypt the stream with a new KMS key or with a key of your own, or share it without encryption at rest."),
    ),
    "connection.sharing_not_allowed": Entry(
        _("Connection %(connection)s does not allow Sluice to share data streams."),
        _(
            "Allow “%(permission)s” on the connection’s page, update the role with one of its files, then verify the "
            "role."
        ),
    ),
    # What changes.
    "value.share_by_fan_out": Entry(_("%(principal)s, as the registered consumer %(name)s")),
    "setting.share": Entry(_("Share %(label)s")),
    "change.share_added": Entry(
        _(
            "Account %(account)s can read the stream. It calls Kinesis in %(region)s and names the stream by its ARN; "
            "its own IAM policies must allow that too."
        )
    ),
    "change.share_own_key": Entry(
        _("The policy of your KMS key %(arn)s must allow the principal kms:Decrypt. Sluice does not change that key.")
    ),
    "change.share_removed": Entry(
        _("Account %(account)s can no longer read the stream. Other statements of its resource policy stay.")
    ),
    # The plan.
    "plan.share": Entry(
        _("reads the records from account %(account)s, in %(region)s; a statement in the stream's resource policy")
    ),
    "plan.share_policy": Entry(_("Resource policy of the data stream: statements that Sluice adds")),
    "plan.share_consumer": Entry(_("Resource policy of the consumer %(name)s: statements that Sluice adds")),
    "plan.share_key": Entry(_("Policy of the new KMS key: statements for those who share the stream")),
    "plan.share_own_key": Entry(_("Policy of your KMS key: statements to add yourself")),
    # The step.
    "step.share": Entry(_("%(principal)s can read the stream (share %(label)s)")),
    "outcome.shared": Entry(_("added its statement to the resource policy")),
    "outcome.consumer_shared": Entry(_("added its statement to the policy of the registered consumer")),
    "outcome.key_shared": Entry(_("added its statement to the policy of the KMS key")),
    "waiting.resource_policy_changed": Entry(
        _(
            "Another program changed the stream's resource policy at the same moment. Sluice reads it again, and "
            "changes only its own statement."
        )
    ),
    "refused.resource_policy_too_large": Entry(
        _("The resource policy of data stream %(stream)s would be larger than 20 KB, the most that AWS allows."),
        _("Remove statements that no one needs from the policy, then try again. Sluice changed nothing."),
    ),
    "refused.share_rejected": Entry(
        _("AWS rejected the resource policy with the principal %(principal)s."),
        _(
            "Check that this role or user exists in its account. If it does, AWS's message names another statement of "
            "the policy that is not valid any more: correct it in the Kinesis console, then try again."
        ),
    ),
    # How it stands, and links for who reads.
    "share_status.not_created": Entry(_("Not created yet")),
    "share_status.not_known": Entry(_("Unknown")),
    "share_status.not_checked": Entry(_("Created, not checked yet")),
    "share_status.in_place": Entry(_("Shared")),
    "share_status.differs": Entry(_("Changed in AWS")),
    "share_status.key_refuses": Entry(_("KMS key does not allow it")),
    "share_status.key_allows": Entry(_("Its policy allows the reader to decrypt records of this stream.")),
    "share_status.key_does_not_allow": Entry(
        _("Its policy does not allow the reader to decrypt records of this stream. Grants of the key are not checked."),
        _("Add the statement to the policy of the key, then check again."),
    ),
    "share_status.key_not_known": Entry(
        _("Whether its policy allows the reader to decrypt is not known: Sluice could not read or evaluate it.")
    ),
    "share_link.no_share": Entry(_("This integration has no share %(label)s.")),
    "share_link.ended": Entry(_("This data stream is not shared with you any more."), _("Ask %(by)s.")),
    # Drift and removal.
    "resource.share": Entry(_("Share %(label)s")),
    "drift.share": Entry(_("%(resource)s: statement in the resource policy")),
    "drift.share_consumer": Entry(_("Share %(label)s: statement in the policy of its registered consumer")),
    "drift.share_key": Entry(_("Share %(label)s: statement in the policy of the KMS key")),
    "removal.share": Entry(_("Stop sharing: %(names)s")),
    "on_removal.share": Entry(_("Its statement is removed. Statements of others stay.")),
    "kept.sharing_not_allowed": Entry(
        _("the connection does not allow Sluice to change the stream's resource policy; it ends with the stream")
    ),
}
