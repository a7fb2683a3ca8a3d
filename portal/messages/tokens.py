"""The English of API tokens, and of the errors of what programs request."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

_CREATE = _("Create one under Account security, or with `token create`.")
_HEADER = _("Send one header: `Authorization: Bearer sluice_token_…`.")

ENTRIES = {
    "token.missing": Entry(_("This address needs an API token."), _HEADER),
    "token.several": Entry(_("The request has more than one Authorization header, or more than one token."), _HEADER),
    "token.in_address": Entry(
        _("The request has a token in its address. Addresses are written to logs, so it is refused."),
        _("Revoke that token, create another, and send it in the Authorization header."),
    ),
    "token.over_http": Entry(
        _("The request came over HTTP, where anyone on the way can read it."),
        _("Use https://. If the request had a token, revoke it and create another."),
    ),
    "token.malformed": Entry(
        _("This is not an API token of Sluice, or a part of it is missing or changed."),
        _("Copy the whole token: it begins with sluice_token_ and has 51 characters."),
    ),
    "token.unknown": Entry(_("This portal has no such API token."), _CREATE),
    "token.revoked": Entry(_("This API token was revoked, or its person no longer has access."), _CREATE),
    "token.expired": Entry(_("This API token has expired."), _CREATE),
    "token.right_missing": Entry(
        _("This API token may not %(right)s."),
        _("Its person needs that right, and the token needs the scope %(scope)s."),
    ),
    "token.name_not_valid": Entry(_("Enter a name of at most %(limit)s characters.")),
    "token.scopes_not_valid": Entry(_("Choose at least one scope, and only what the person may do.")),
    "token.days_not_valid": Entry(_("Choose between 1 and %(limit)s days.")),
    "token.too_many": Entry(
        _("There are %(limit)s API tokens, which is the limit of a person."), _("Revoke one that is no longer needed.")
    ),
    "token.tenant_unknown": Entry(_("There is no tenant %(tenant)s that you may view.")),
    "token.number_unknown": Entry(_("There is no API token %(number)s."), _("List them with `token list`.")),
    "api.bad_request": Entry(_("The request cannot be read.")),
    "api.cursor_unknown": Entry(_("There is no such place in the list."), _("Begin without `before` or `after`.")),
    "api.cursor_gone": Entry(
        _("Events after this cursor are no longer there: they are kept for 400 days, or a backup was restored."),
        _("Request the feed without `after` for a new cursor, then list all keys."),
    ),
    "api.not_found": Entry(_("There is nothing at this address that the token may see.")),
    "api.method": Entry(_("This address does not have this method.")),
    "api.too_many_requests": Entry(
        _("Too many requests."), _("Wait as many seconds as the header Retry-After says, and request less often.")
    ),
    "api.unavailable": Entry(_("Sluice cannot answer at the moment."), _("Try again in a few seconds.")),
    "api.failed": Entry(_("Sluice could not answer this request."), _("Give the request ID to support.")),
    "api.report_invalid": Entry(
        _("This is no report on a role."), _("Send JSON with right, wrong and missing, as docs/api.md describes.")
    ),
    "api.record_invalid": Entry(
        _("This names no record."),
        _("Send JSON with record: the shard_id and sequence_number that PutRecord returned."),
    ),
    "producer_role.withdrawn": Entry(_("This role was removed or replaced."), _("List the roles again.")),
    "producer_role.in_use_without_working": Entry(
        _("A role that does not work as it must cannot be in use."),
        _("Report in_use only with a record that was put with the role, and with all three attempts as expected."),
    ),
    "api.rejections_invalid": Entry(
        _("This is no report of rejected records."),
        _("Send JSON with rejections, each with address, at and error, as docs/api.md describes."),
    ),
    "api.key_withdrawn": Entry(
        _("This access key can no longer be fetched: it was revoked or replaced."),
        _("List the keys again, and fetch the newest."),
    ),
}
