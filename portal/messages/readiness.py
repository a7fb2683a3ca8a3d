"""The English of /readyz: which part of the installation is missing, and what then does not work."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "readiness.postgresql": Entry(_("PostgreSQL does not answer. No page works.")),
    "readiness.migrations": Entry(_("The database lacks migrations."), _("Run manage.py migrate.")),
    "readiness.static_files": Entry(
        _("The list of static files is missing."), _("Run manage.py collectstatic, then restart the web process.")
    ),
    "readiness.redis": Entry(
        _("Redis does not answer. Runs are stored and start when it is back; pages show no live updates.")
    ),
    "readiness.beat": Entry(
        _("No beat process is running. Nothing is scheduled: metrics are not collected, lost messages not replaced.")
    ),
    "readiness.worker": Entry(_("No worker is running. Runs wait, and metrics are not collected.")),
    "readiness.tap": Entry(_("No tap is running. Stream pages show no new records.")),
    "readiness.lane_not_served": Entry(_("No worker serves the lane “%(lane)s”. %(effect)s")),
    "readiness.runs_wait": Entry(_("Runs wait.")),
    "readiness.nothing_verified": Entry(_("Roles and configuration drift are not checked.")),
    "readiness.no_metrics": Entry(_("Metrics are not collected.")),
    "readiness.nothing_scheduled": Entry(
        _("Checks are not scheduled, external IDs do not expire, and orphaned keys are not deleted.")
    ),
    "readiness.nothing_sent": Entry(_("Mail is not sent.")),
    "readiness.no_history": Entry(_("The history of records is not read.")),
    "readiness.outbox_late": Entry(
        _("Mail and webhooks are late: %(count)s wait, and one has been due for %(due_seconds)s."),
        _("Check the workers of the lane “outbox”, and run `manage.py outbox status`."),
    ),
    "readiness.unknown_without_redis": Entry(
        _("Without Redis it is unknown whether beat, workers and taps are running.")
    ),
    "readiness.workers_stopped": Entry(
        _("%(stopped)s of %(all)s workers stopped without signing off, the last %(last_seconds)s ago.")
    ),
    "readiness.taps_stopped": Entry(
        _("%(stopped)s of %(all)s taps stopped without signing off, the last %(last_seconds)s ago.")
    ),
}
