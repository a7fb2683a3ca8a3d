"""The English of what errors of Firehose mean, and what cures them."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "failures.not_allowed": Entry(_("Not known: Sluice may not read what Firehose could not deliver.")),
    "failures.samples_disabled": Entry(
        _("Not known: record samples are turned off for this connection, and error files contain records."),
        todo=_("An admin can change this on the connection’s page."),
    ),
    "failures.other_prefix": Entry(
        _("Not known: the error prefix of this delivery does not begin with %(folder)s, and only that may be read."),
        todo=_("Change the error prefix in the delivery’s settings."),
    ),
    "failures.role_outdated": Entry(
        _("Not known: the role may not call %(action)s on the error files yet, although that permission was chosen."),
        todo=_("Update the role from its template."),
    ),
    "failures.schema_missing": Entry(
        _("Firehose did not find the Glue table whose schema it converts records by."),
        todo=_("Create the table again, or choose another in the delivery’s settings. Then put the records back."),
    ),
    "failures.schema_denied": Entry(
        _("Firehose’s role may not read the schema of the Glue table."),
        todo=_("Check the role for drift and repair it, and check Lake Formation. Then put the records back."),
    ),
    "failures.conversion": Entry(
        _("The record does not fit the schema of the Glue table, or is not one JSON document."),
        todo=_(
            "Compare a sample with the columns of the table. Correct the schema or the producer: records of the same "
            "form fail again when they are put back."
        ),
    ),
    "failures.function_denied": Entry(
        _("Firehose’s role may not invoke the Lambda function that transforms records."),
        todo=_("Check the role for drift and repair it. Then put the records back."),
    ),
    "failures.function_missing": Entry(
        _("The Lambda function that transforms records does not exist."),
        todo=_("Create it again, or change the transformation in the delivery’s settings. Then put the records back."),
    ),
    "failures.function_slow": Entry(
        _("The Lambda function that transforms records did not finish in time."),
        todo=_("Raise its timeout or memory, or buffer less in the delivery. Then put the records back."),
    ),
    "failures.function": Entry(
        _("The Lambda function that transforms records failed, or its answer is not what Firehose expects."),
        todo=_("Check the function’s own log and that it returns each recordId. Then put the records back."),
    ),
    "failures.processing": Entry(
        _("Firehose could not process the record: its transformation or its partition keys failed."),
        todo=_("Check the log of the Lambda function, and whether each record has the fields of the partition keys."),
    ),
    "failures.partitioning": Entry(
        _("Firehose found no partition key in the record, or there are too many partitions at the same time."),
        todo=_("Check whether each record has the fields of the partition keys, and choose keys with fewer values."),
    ),
    "failures.splunk": Entry(
        _("Splunk did not accept the record or did not acknowledge it in time."),
        todo=_("Check the HEC token, its indexer acknowledgement, and that Firehose can reach Splunk."),
    ),
    "failures.endpoint": Entry(
        _("The HTTP endpoint did not accept the record within the retry duration."),
        todo=_("Check the endpoint’s own log and its access key. Then put the records back."),
    ),
    "failures.index": Entry(
        _("OpenSearch did not accept the document."),
        todo=_("Often a field has another type than the index’s mapping. Check the mapping, and the cluster’s health."),
    ),
    "failures.snowflake": Entry(
        _("Snowflake did not accept the record."),
        todo=_("Check the columns of the table, and the permissions of the user. Then put the records back."),
    ),
    "failures.table": Entry(
        _("The record could not be written to the Iceberg table."),
        todo=_("Check that database, table and columns exist, and the role’s permissions in Lake Formation."),
    ),
    "failures.other": Entry(
        _("Sluice does not know this code."), todo=_("AWS’s own message below says more, and so does the log group.")
    ),
}
