"""The English of rights: what each lets its holder do, to follow "may"."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "right.view": Entry(_("view every page of the tenant")),
    "right.read_values": Entry(_("see the values in records")),
    "right.see_people": Entry(_("see who has access")),
    "right.connect": Entry(_("connect an AWS account, and change the role’s permissions")),
    "right.set_up": Entry(_("set up, change and repair streams")),
    "right.diagnose": Entry(_("diagnose streams")),
    "right.remove": Entry(_("remove streams, and what Sluice created for them")),
    "right.keys": Entry(_("add, confirm and remove OpenPGP keys")),
    "right.download": Entry(_("download the encrypted access key")),
    "right.rotate_keys": Entry(_("rotate access keys")),
    "right.revoke_keys": Entry(_("revoke access keys")),
    "right.export": Entry(_("export files that create the resources without Sluice")),
    "right.people": Entry(_("invite people, change their roles and remove them")),
    "right.webhooks": Entry(_("add, test and remove webhook endpoints")),
    "right.wall_displays": Entry(_("create and revoke links for wall displays")),
    "right.record_access": Entry(_("decide who sees records, and see who was sent them")),
    "right.download_records": Entry(_("download records, as they see them")),
    "right.unmask": Entry(_("see masked values for up to an hour, with a reason that the client reads")),
    "right.board": Entry(_("see the board of all tenants’ streams")),
    "right.administration": Entry(_("open Administration")),
    "right.keep_tenants": Entry(_("create tenants, suspend them, and manage people")),
    "right.retry_runs": Entry(_("retry and cancel runs in Administration")),
    "right.vendor_keys": Entry(_("fetch the access keys that are encrypted for the vendor")),
    "right.producer_roles": Entry(_("list the roles that the vendor assumes to send, and report tests of them")),
}
