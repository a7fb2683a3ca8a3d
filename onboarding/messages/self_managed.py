"""The English of self-managed integrations: why a service refuses."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "self_managed.managed_by_sluice": Entry(_("This integration is managed by Sluice and cannot become self-managed.")),
    "self_managed.stream_fixed": Entry(
        _("Account, stream name and Region cannot be changed."),
        _("Set up another integration for another stream."),
    ),
    "self_managed.recipient_unusable": Entry(
        _("%(fingerprint)s is not a confirmed OpenPGP key of this tenant, or it has expired.")
    ),
    "self_managed.only": Entry(_("You can upload a key only for a self-managed integration.")),
    "self_managed.other_account": Entry(_("This connection is for another account than the stream.")),
    "self_managed.ended": Entry(_("This integration has ended.")),
    "self_managed.not_active": Entry(_("This integration is not self-managed, or has already ended.")),
    "self_managed.stream_missing": Entry(
        _("Data stream %(stream)s does not exist in %(region)s yet."), _("Apply the plan first, then try again.")
    ),
    "self_managed.remove_with_script": Entry(
        _("This integration is self-managed, so Sluice does not remove its resources."),
        _("Remove them with the script on its page, then end the integration."),
    ),
}
