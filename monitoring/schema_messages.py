"""The English of why a schema could not be read, and what cures it."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

_AGAIN = _("Sluice tries again after five minutes.")
_DEPLOY = _("Deploy the role’s template again, then choose Verify role on the connection’s page.")
_CHECK_ADDRESS = _("Check the registry’s address under Monitoring settings of the stream.")

GLUE = {
    "schemas.glue_not_allowed": Entry(
        _("The connection does not allow Sluice to read schemas of AWS Glue Schema Registry."),
        todo=_(
            "An admin can add the permission “Read schemas of AWS Glue Schema Registry” on the connection’s page, then "
            "deploy the role’s template again."
        ),
        cause=Cause.CLIENT,
    ),
    "schemas.glue_role_outdated": Entry(
        _("The permission to read schemas was chosen, but the deployed role is older."),
        todo=_DEPLOY,
        cause=Cause.CLIENT,
    ),
    "schemas.glue_denied": Entry(_("AWS denied %(operation)s."), todo=_DEPLOY, cause=Cause.CLIENT),
    "schemas.glue_not_found": Entry(
        _("AWS Glue Schema Registry has no such schema version in the stream’s account and Region."),
        todo=_("Check in which account and Region the producer registers its schemas: Sluice reads no others."),
    ),
    "schemas.glue_failed": Entry(_("AWS Glue Schema Registry could not be read: %(reason)s"), todo=_AGAIN),
}
CONFLUENT = {
    "schemas.no_registry": Entry(
        _("The address of the Confluent Schema Registry is not known."),
        todo=_("An admin can enter it under Monitoring settings of the stream."),
    ),
    "schemas.address_refused": Entry(
        _("The address of the Confluent Schema Registry does not lead to a public server."), todo=_CHECK_ADDRESS
    ),
    "schemas.no_answer": Entry(
        _(
            "The Confluent Schema Registry did not answer within %(limit_seconds)s, or its certificate could not be "
            "verified."
        ),
        todo=_("Check that its address is reachable from the Internet. Sluice tries again after five minutes."),
    ),
    "schemas.access_refused": Entry(
        _("The Confluent Schema Registry refused access (HTTP status %(status)s)."),
        todo=_("An admin can enter its key and secret under Monitoring settings of the stream, or replace them."),
    ),
    "schemas.not_registered": Entry(
        _("The Confluent Schema Registry has no schema with this ID."),
        todo=_("Check that it is the registry in which the producer registers its schemas."),
    ),
    "schemas.refused": Entry(
        _("The Confluent Schema Registry answered with HTTP status %(status)s."), todo=_CHECK_ADDRESS
    ),
    "schemas.no_schema": Entry(_("What the Confluent Schema Registry answered is not a schema."), todo=_CHECK_ADDRESS),
    "schemas.refers_to_itself": Entry(_("The schema refers to itself, by way of its references.")),
    "schemas.too_many_references": Entry(
        _("The schema refers to more than %(most)s others, or through more than %(most_depth)s levels.")
    ),
    "schemas.secret_unreadable": Entry(
        _("The stored secret of the Confluent Schema Registry cannot be decrypted."),
        todo=_(
            "An admin can enter it again under Monitoring settings of the stream. For Sluice’s operator: the tap and "
            "worker-records need SLUICE_ENCRYPTION_KEYS_FILE."
        ),
        cause=Cause.SLUICE,
    ),
}
READING = {
    "schemas.not_avro": Entry(_("The schema’s format is not Avro, the only one that Sluice reads from registries.")),
    "schemas.too_long": Entry(_("The schema has more than %(limit_count)s characters.")),
    "schemas.too_many": Entry(
        _("%(most)s schemas of this stream were requested within %(period_seconds)s."),
        todo=_("Others are read after that time."),
    ),
    "schemas.being_read": Entry(_("The schema is still being read."), todo=_("Show the records again in a minute.")),
    "schemas.unexpected_error": Entry(
        _("An unexpected error ended the reading of the schema."), todo=_AGAIN, cause=Cause.SLUICE
    ),
}
ENTRIES = {**GLUE, **CONFLUENT, **READING}
