"""The English of what is wrong with a spec."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

_OTHER_FORMAT = _("Choose another format.")

ENTRIES = {
    "export.new_key": Entry(
        _("A KMS key that is not created yet cannot be written into a file: its ARN is known only afterwards."),
        _("Create the key yourself and enter its ARN, or choose the key that AWS manages."),
    ),
    "export.no_key_by_role": Entry(_("There is no access key: the vendor sends by assuming a role.")),
    "export.unknown_destination": Entry(_("The Terraform export does not support %(destination)s."), _OTHER_FORMAT),
    "export.dynamic_reference": Entry(
        _(
            "The CloudFormation export does not support text with {{resolve:, which CloudFormation replaces with a "
            "secret or parameter of the account: %(text)s."
        ),
        _OTHER_FORMAT,
    ),
    "export.unknown_setting": Entry(_("The Terraform export does not support the setting %(setting)s."), _OTHER_FORMAT),
    "spec.not_yaml": Entry(_("This is not YAML: %(reason)s.")),
    "spec.unreadable": Entry(_("This is not YAML: it cannot be read.")),
    "spec.too_long": Entry(_("This file is too long: a spec has at most %(limit)s characters.")),
    "spec.too_many_values": Entry(_("This file has too many values, or they are nested too deeply.")),
    "spec.alias": Entry(_("Aliases (*name) are not supported."), _("Write the value out.")),
    "spec.number_too_long": Entry(_("A number has more than %(limit)s digits.")),
    "spec.character_not_allowed": Entry(_("A text contains a character that cannot be stored.")),
    "spec.text_keys_only": Entry(_("Every name must be text.")),
    "spec.unknown_fields": Entry(_("Unknown: %(unknown)s. Known here: %(known)s.")),
    "spec.missing_fields": Entry(_("Missing: %(missing)s.")),
    "spec.schema_violated": Entry(_("%(reason)s.")),
    "spec.producer_role_not_offered": Entry(
        _("The vendor does not send by assuming a role."), _("Use producer: user, or ask the vendor.")
    ),
    "spec.shards_missing": Entry(_("A provisioned stream requires a number of shards.")),
    "spec.shards_not_allowed": Entry(_("An on-demand stream has no number of shards."), _("Remove it.")),
    "spec.time_without_zone": Entry(
        _("This is not a time with its zone in ISO 8601."),
        _("Enter it as AWS shows it, such as 2026-11-21T07:00:00+00:00."),
    ),
    "spec.time_without_adoption": Entry(_("Allowed only for an adopted stream, with adopt: true.")),
    "spec.unknown_key_choice": Entry(_("Use none, aws, new or the ARN of a KMS key.")),
    "spec.key_in_other_account": Entry(_("This key belongs to another AWS account.")),
    "spec.key_in_other_region": Entry(_("This key is not in %(region)s, where the stream is.")),
    "spec.delivery_name_twice": Entry(
        _("Another delivery of this stream is named %(name)s."), _("Use a different name for each.")
    ),
    "spec.bucket_encrypted_in_two_ways": Entry(
        _("Two deliveries write to %(bucket)s."), _("Set the same bucket_encryption value for both.")
    ),
    "spec.bucket_both_new_and_existing": Entry(
        _("Two deliveries write to %(bucket)s."), _("Set the same new_bucket value for both.")
    ),
}
