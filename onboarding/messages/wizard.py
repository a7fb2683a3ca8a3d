"""The English of what AWS answers about a page of the wizard: an existing stream, a bucket that cannot be used."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "wizard.stream_exists": Entry(
        _("Data stream %(stream)s already exists in %(region)s and was not created by Sluice."),
        _("Choose another name, or adopt the stream below. Nothing was changed."),
    ),
    "wizard.stream_settings_shown": Entry(
        _("The page now shows the settings of %(stream)s."),
        _("Settings that you do not edit stay unchanged. Edits are listed on the review page first."),
    ),
    "wizard.stream_absent": Entry(
        _(
            "Data stream %(stream)s does not exist in %(region)s, so it cannot be adopted. The name of a new stream "
            "must begin with “%(prefix)s”."
        )
    ),
    "wizard.adoption_not_checked": Entry(
        _("Couldn’t check whether a stream “%(stream)s” exists that can be adopted: %(reason)s")
    ),
    "wizard.name_not_checked": Entry(
        _("Couldn’t check whether “%(name)s” is available: %(reason)s Sluice checks again before it creates anything.")
    ),
    "wizard.bucket_exists": Entry(
        _("You already have a bucket named %(bucket)s."), _("Choose another name, or use it as an existing bucket.")
    ),
    "wizard.bucket_not_accessible": Entry(
        _("Sluice has no access to bucket %(bucket)s: it belongs to another account, or a policy denies access."),
        _("Check the name, the bucket’s policy and the role’s permissions."),
    ),
    "wizard.bucket_taken": Entry(
        _("The bucket name %(bucket)s is already in use. Bucket names are unique across all AWS accounts."),
        _("Choose another name."),
    ),
    "wizard.bucket_absent": Entry(
        _("Bucket %(bucket)s does not exist in account %(account)s."),
        _("Create it first, or choose Create a bucket."),
    ),
    "wizard.bucket_in_other_region": Entry(
        _("The bucket %(bucket)s is in %(found)s; the stream is in %(region)s, and Firehose requires the same Region.")
    ),
}
