"""A catalogue as an app has one."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

ENTRIES = {
    "example.denied": Entry(
        _("Couldn't update data stream %(stream)s: AWS denied %(action)s."),
        todo=_("Allow %(action)s in the role, then try again."),
        cause=Cause.CLIENT,
    ),
    "example.late": Entry(_("Stopped after ten minutes. %(reason)s")),
    "example.shards": Entry(ngettext_lazy("%(count)d shard", "%(count)d shards", "count")),
    "example.behind": Entry(
        ngettext_lazy(
            "%(record_count)s record is %(age_seconds)s old.",
            "%(record_count)s records are %(age_seconds)s old.",
            "record_count",
        )
    ),
    "example.listed": Entry(_("Missing: %(actions)s. That is 100%% of them.")),
}
