"""The English of consumers: what is wrong with a role, and what becomes of it."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "consumer.role_name": Entry(
        _("A consumer role's name has 1 to 20 lowercase letters, digits and hyphens, with no hyphen first or last."),
        _("Use a short name, such as analytics."),
    ),
    "consumer.role_name_twice": Entry(
        _("Another consumer role is named %(name)s."), _("Use a different name for each.")
    ),
    "consumer.too_many_roles": Entry(_("A data stream has at most %(limit_count)s consumer roles.")),
    "consumer.principals_missing": Entry(
        _("No one could assume this role."), _("Enter the ARN of an IAM role or user, or an account ID.")
    ),
    "consumer.too_many_principals": Entry(_("A consumer role has at most %(limit_count)s principals.")),
    "consumer.principal_twice": Entry(_("%(principal)s is listed twice."), _("Remove one of them.")),
    "consumer.principal_wildcard": Entry(
        _("%(principal)s contains a wildcard, which would allow principals that no one named."),
        _("Enter the ARN of each role or user, or the account ID."),
    ),
    "consumer.principal_service": Entry(
        _("%(principal)s is an AWS service, which sends no external ID."),
        _("Enter the role that the service uses in its account."),
    ),
    "consumer.principal_separated": Entry(_("Enter the account ID %(principal)s as 12 digits without separators.")),
    "consumer.principal_root": Entry(
        _("%(principal)s stands for a whole account."), _("Enter the account ID, 12 digits, instead.")
    ),
    "consumer.principal_session": Entry(
        _("%(principal)s is one session, which ends within hours."), _("Enter the ARN of its IAM role or user.")
    ),
    "consumer.principal_kind": Entry(
        _("%(principal)s is neither an IAM role nor a user."), _("Enter the ARN of a role or user, or an account ID.")
    ),
    "consumer.principal_unknown": Entry(
        _("%(principal)s is neither the ARN of an IAM role or user nor an account ID."),
        _("Enter it as arn:aws:iam::111122223333:role/NAME, or as the 12 digits of an account."),
    ),
    "consumer.principal_partition": Entry(
        _("%(principal)s is in the partition %(found)s; this account is in %(partition)s."),
        _("AWS allows no access between partitions. Use a principal of the same partition."),
    ),
    "consumer.session_seconds": Entry(_("A session lasts %(least_count)s to %(most_count)s seconds (1 to 12 hours).")),
    "consumer.external_id_characters": Entry(
        _("An external ID has 2 or more letters, digits and the characters _ + = , . @ : / -"),
        _("Correct it, or leave it empty: Sluice then creates one."),
    ),
    "consumer.external_id_too_long": Entry(_("An external ID has at most %(limit_count)s characters here.")),
    "consumer.external_id_twice": Entry(
        _("The role %(name)s has the same external ID."), _("Use a different one for each role.")
    ),
    "consumer.trust_too_long": Entry(
        _("The trust policy of this role has %(size_count)s characters; IAM accepts %(limit_count)s."),
        _("Name fewer principals, or add a second role."),
    ),
    "consumer.not_allowed": Entry(
        _("Connection %(connection)s does not allow Sluice to create roles for consumers."),
        _("Choose “%(permission)s” on the connection's page, and update the role."),
    ),
    "consumer.check_as_specified": Entry(
        _("As specified: its trust policy allows only the named principals, and only with the external ID.")
    ),
    "consumer.check_differs": Entry(
        _("Different from what was specified."), _("Check the configuration drift, then apply the settings again.")
    ),
    "consumer.check_no_role": Entry(_("There is no such role in AWS.")),
    "export.new_external_id": Entry(
        _("The external ID of the consumer role %(name)s is not created yet."),
        _("Save the consumer role first; an integration that is set up has one."),
    ),
    # Differences of two specs.
    "consumer.fan_out_unknown": Entry(
        _("This integration registers no consumer named %(name)s."),
        _("Enter the name of one of its registered consumers, or leave this empty."),
    ),
    "setting.consumer_fan_out": Entry(_("registered consumer")),
    "value.any_consumer": Entry(_("any of the stream")),
    "change.consumer_fan_out": Entry(_("The role can subscribe as this registered consumer only, or as any.")),
    "setting.consumer_role": Entry(_("Consumer role %(name)s")),
    "setting.of_consumer_role": Entry(_("Consumer role %(name)s: %(setting)s")),
    "setting.consumer_principals": Entry(_("principals")),
    "setting.consumer_session": Entry(_("session duration")),
    "setting.consumer_external_id": Entry(_("external ID")),
    "value.seconds": Entry(_("%(seconds_count)s seconds")),
    "value.external_id_of_sluice": Entry(_("created by Sluice")),
    "change.consumer_role_created": Entry(
        _("A role that reads this data stream is created. It can be assumed with its external ID only.")
    ),
    "change.consumer_role_removed": Entry(
        _("The role is deleted. Sessions that were issued before can read no records any more.")
    ),
    "change.consumer_principals": Entry(
        _("The trust policy is replaced. Sessions that were issued before last until they expire.")
    ),
    "change.consumer_session": Entry(_("Applies to sessions that are requested from now on.")),
    "change.consumer_external_id": Entry(
        _("The consumer has to use the new external ID from now on; the former one is denied.")
    ),
    # Plan, steps and removal.
    "plan.consumer_role": Entry(_("%(principals)s can assume it with its external ID, to read this data stream")),
    "plan.consumer_trust": Entry(_("Who can assume the consumer role %(name)s")),
    "plan.consumer_policy": Entry(_("What the consumer role %(name)s can do")),
    "step.consumer_role": Entry(_("Role %(name)s can be assumed by its consumer, to read this data stream")),
    "removal.consumer_role": Entry(_("Role %(names)s is deleted, and its consumer can no longer read")),
    "refused.consumer_principals": Entry(
        _("AWS rejected the trust policy of the consumer’s role. Its principals: %(principals)s."),
        _(
            "Check that each role or user exists in its account: AWS’s message names the one that does not. Create it "
            "there first, or remove it here."
        ),
    ),
    "on_removal.consumer_role": Entry(_("Deleted: its consumer can no longer read.")),
    "outcome.trust_policy_set": Entry(_("set its trust policy")),
    "outcome.session_duration_set": Entry(_("set its session duration")),
    "drift.session_duration": Entry(_("%(resource)s: session duration")),
}
