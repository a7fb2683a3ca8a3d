"""The English of alarms for the client's account: what they are about, and what they leave out."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

NOTES = {
    "alarm.without_metric": Entry(_("Not included, because CloudWatch has no metric for it: %(kinds)s.")),
    "alarm.without_expected_hours": Entry(
        _(
            "An alarm has no expected hours: the one for silence is also in alarm at night, on holidays and before the "
            "first record."
        )
    ),
    "alarm.without_causes": Entry(
        _(
            "Alarms do not depend on each other: throttled writes, or a broken delivery, can set off several at once. "
            "Sluice reports one alert for one cause."
        )
    ),
    "alarm.without_damping": Entry(
        _("An alarm returns to OK as soon as its condition ends. Sluice waits, so that an alert does not flap.")
    ),
    "alarm.limits_of_shards": Entry(
        _("Write limits are those of the shards that were open on %(day)s. Export again after a reshard.")
    ),
    "alarm.turned_off": Entry(_("%(name)s: no alarm for %(kinds)s, because these alerts are off.")),
    "alarm.names_and_more": Entry(_("%(names)s and %(more_count)s more")),
    "alarm.shards_unknown": Entry(
        _("%(name)s: no alarm for the write limit, because the shards have not been read yet.")
    ),
    "alarm.too_many_shards": Entry(
        _("%(name)s: no alarms for single shards, because there are more than %(most_count)s.")
    ),
}
FILES = {
    "alarm.description": Entry(_("%(title)s. %(measures)s: %(threshold)s. From Sluice’s alert settings.")),
    "alarm.made_of": Entry(
        _("Alarms and a dashboard for AWS account %(account)s, Region %(region)s, exported from Sluice on %(day)s.")
    ),
    "alarm.thresholds_of": Entry(
        _("Thresholds are those of Alert settings at that time. Later changes do not reach this file.")
    ),
    "alarm.costs": Entry(
        _(
            "About %(price)s USD a month before the free tier (alarm metrics: %(metric_count)s, dashboards: "
            "%(dashboard_count)s). An estimate: check CloudWatch pricing."
        )
    ),
    "alarm.dashboards_cost": Entry(
        _("Grafana reads CloudWatch with GetMetricData, which AWS bills by the metrics requested.")
    ),
    "alarm.topic": Entry(_("The SNS topic that is notified. Leave empty to create one.")),
    "alarm.topic_created": Entry(_("Subscribe to this topic to be notified.")),
    "alarm.template": Entry(_("CloudWatch alarms and dashboards for %(name)s, from Sluice.")),
    "alarm.too_many_resources": Entry(
        _("The template would have %(resource_count)s resources. CloudFormation allows %(most_count)s."),
        _("Download Terraform, or the file of each stream."),
    ),
    "alarm.too_many_streams": Entry(
        _("There are %(stream_count)s streams. A file can have %(most_count)s."),
        _("Download the file of each stream."),
    ),
    "alarm.template_too_large": Entry(
        _("The template would have %(size_bytes)s. CloudFormation allows %(most_bytes)s."),
        _("Download Terraform, or the file of each stream."),
    ),
    "alarm.not_watched": Entry(
        _("Integration %(name)s has no running stream, so there is nothing to set alarms on."),
        _("Deploy it first."),
    ),
    "alarm.no_streams": Entry(
        _("There are no running streams in account %(account)s, Region %(region)s."),
        _("Check the account ID and the Region."),
    ),
}
PANELS = {
    "alarm.panel_writes_throttled": Entry(_("Throttled writes")),
    "alarm.panel_write_usage": Entry(_("Write limit used (%%)")),
    "alarm.panel_silence": Entry(_("Incoming records")),
    "alarm.panel_iterator_age": Entry(_("Iterator age (ms)")),
    "alarm.panel_freshness": Entry(_("Delivery data freshness (s)")),
    "alarm.panel_delivery_failing": Entry(_("Delivery success")),
    "alarm.panel_title": Entry(_("%(name)s: %(panel)s")),
    "alarm.panel_threshold": Entry(_("Alert threshold")),
    "alarm.made_by": Entry(_("Exported from Sluice. The next export overwrites changes.")),
}
ENTRIES = NOTES | FILES | PANELS
