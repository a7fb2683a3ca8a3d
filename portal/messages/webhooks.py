"""The English of webhooks: why an address is refused, and what a receiver answered."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "webhook.url_not_valid": Entry(
        _("This is not the address of a web server."),
        _("Enter one like https://example.com/webhooks."),
    ),
    "webhook.url_not_https": Entry(
        _("The address does not begin with https://."),
        _("Enter one like https://example.com/webhooks."),
    ),
    "webhook.url_without_name": Entry(
        _("The address has no host name of the Internet."),
        _("Use a name such as example.com, not an address in numbers."),
    ),
    "webhook.url_port": Entry(_("Webhooks are sent to the ports %(ports)s only.")),
    "webhook.name_unknown": Entry(_("The name %(host)s has no address."), _("Check the name in DNS.")),
    "webhook.address_not_public": Entry(
        _("%(host)s has an address that is not public, so nothing was sent."),
        _("Use a server that the Internet can reach."),
    ),
    "webhook.no_answer": Entry(_("The server did not answer within %(limit_seconds)s.")),
    "webhook.not_connected": Entry(_("The server could not be reached: %(detail)s.")),
    "webhook.tls_failed": Entry(_("The server has no valid certificate: %(detail)s.")),
    "webhook.answer_not_http": Entry(_("The answer was not one of HTTP/1.1.")),
    "webhook.redirected": Entry(
        _("The server answered %(status)s, a redirect. Redirects are not followed."),
        _("Change the address to the new one."),
    ),
    "webhook.answered": Entry(_("The server answered %(status)s.")),
    "webhook.accepted": Entry(_("The server accepted the event with %(status)s.")),
    "webhook.removed": Entry(_("The endpoint was removed.")),
    "webhook.no_kind": Entry(_("Choose at least one event.")),
    "webhook.too_many": Entry(_("An organisation can have %(limit)s webhook endpoints."), _("Remove one first.")),
    "chat.not_slack": Entry(
        _("This is not the address of an incoming webhook of Slack."),
        _("Copy it from Slack. It begins with https://hooks.slack.com/services/."),
    ),
    "chat.not_teams": Entry(
        _("This is not the address of a workflow of Microsoft Teams."),
        _("Copy the address of the trigger “When a Teams webhook request is received”."),
    ),
    "chat.not_pagerduty": Entry(
        _("This is not an integration key of PagerDuty."),
        _("Copy the one of the integration “Events API V2”: 32 letters and digits."),
    ),
    "chat.alerts_only": Entry(
        _("PagerDuty opens an incident for each event."),
        _("Choose events of alerts only. They close their incident again."),
    ),
    "chat.end_missing": Entry(_("Without “%(kind)s”, incidents in PagerDuty stay open."), _("Choose “%(kind)s”, too.")),
    "chat.service_unknown": Entry(_("Choose a service.")),
    "webhook.no_secret_store": Entry(
        _("This installation has no key to encrypt signing secrets with."),
        _("Ask support to set SLUICE_ENCRYPTION_KEYS_FILE."),
    ),
}
