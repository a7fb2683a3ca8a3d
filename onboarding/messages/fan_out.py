"""The English of registered consumers, which read a data stream by enhanced fan-out."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    # What a spec declares.
    "fan_out.name": Entry(
        _("The name of a consumer has 1 to 128 characters: letters, digits, underscores, periods and hyphens.")
    ),
    "fan_out.name_twice": Entry(_("Another consumer is named %(name)s."), _("Use a different name for each.")),
    "fan_out.too_many": Entry(
        _("AWS registers at most %(limit_count)s consumers with a data stream of this capacity mode."),
        _("Remove consumers, or let applications that need no throughput of their own share the stream’s."),
    ),
    "connection.fan_out_not_allowed": Entry(
        _("Connection %(connection)s does not allow Sluice to register consumers."),
        _(
            "Allow “%(permission)s” on the connection’s page, update the role with one of its files, then verify the "
            "role."
        ),
    ),
    # What changes.
    "setting.fan_out": Entry(_("Registered consumer %(name)s")),
    "change.fan_out_registered": Entry(
        _(
            "An application that names this consumer reads with 2 MB a second from each shard, which it shares with no "
            "one. AWS charges for it from its registration on."
        )
    ),
    "change.fan_out_deregistered": Entry(
        _("Its subscriptions end, and no application can read as this consumer any more.")
    ),
    # The plan.
    "plan.fan_out": Entry(_("reads by enhanced fan-out, with 2 MB a second from each shard")),
    # The step.
    "step.fan_out": Entry(_("Consumer %(name)s is registered with the data stream")),
    "outcome.fan_out_active": Entry(_("registered and active")),
    "waiting.fan_out_creating": Entry(_("AWS is registering the consumer.")),
    "waiting.fan_out_deleting": Entry(_("AWS is deregistering the consumer.")),
    "waiting.fan_out_limit": Entry(
        _("AWS registers five consumers at a time, and only so many in a second. Sluice tries again.")
    ),
    "refused.fan_out_limit": Entry(
        _("AWS registers no more consumers with data stream %(stream)s, which has %(consumer_count)s."),
        _(
            "Deregister consumers that no one needs, or remove some from this integration, then try again. A stream "
            "has at most 20, and an on-demand stream 50 in an account with On-demand Advantage."
        ),
    ),
    # How it stands.
    "fan_out_status.not_registered": Entry(_("Not registered yet")),
    "fan_out_status.not_known": Entry(_("Unknown")),
    "fan_out_status.not_checked": Entry(_("Registered, not checked yet")),
    "fan_out_status.active": Entry(_("Active")),
    "fan_out_status.differs": Entry(_("Changed in AWS")),
    # Drift and removal.
    "resource.fan_out": Entry(_("Consumer %(name)s")),
    "drift.fan_out_arn": Entry(_("%(resource)s: ARN (it was registered again)")),
    "removal.fan_out": Entry(_("Deregister consumers: %(names)s")),
    "on_removal.fan_out": Entry(_("Deregistered.")),
    "kept.fan_out_not_allowed": Entry(
        _("the connection does not allow Sluice to deregister consumers; AWS charges for it until it is deregistered")
    ),
    "kept.stream_has_consumers": Entry(
        _("consumers that Sluice did not register read it (%(consumer_count)s); deregister them first")
    ),
}
