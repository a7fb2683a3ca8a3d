"""The English of ARNs that a client lists and Sluice cannot accept."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "listed_arn.not_an_arn": Entry(
        _("“%(arn)s” is not an ARN. One looks like arn:aws:lambda:eu-west-1:…:function:name.")
    ),
    "listed_arn.service": Entry(
        _(
            "%(arn)s: only data streams, secrets, OpenSearch domains and collections, Glue databases, buckets, "
            "functions and DynamoDB tables can be listed, not “%(service)s”."
        )
    ),
    "listed_arn.not_exact": Entry(_("%(arn)s: enter the exact ARN, without “*”. It ends with %(form)s.")),
    "listed_arn.account": Entry(_("%(arn)s is in account %(found)s; the connection is for %(account_id)s.")),
    "listed_arn.partition": Entry(
        _("%(arn)s is in the partition “%(found)s”; the connection's account is in “%(partition)s”.")
    ),
    "listed_arn.region": Entry(_("%(arn)s: enter the Region in which it is.")),
    "listed_arn.stream_form": Entry(_("stream/NAME")),
    "listed_arn.secret_form": Entry(_("secret:NAME-a1B2c3, with the six characters that Secrets Manager added")),
    "listed_arn.domain_form": Entry(_("domain/NAME")),
    "listed_arn.collection_form": Entry(_("collection/ID")),
    "listed_arn.database_form": Entry(_("database/NAME, which stands for its tables, or catalog/NAME")),
    "listed_arn.bucket_form": Entry(_("arn:aws:s3:::BUCKET, without a path")),
    "listed_arn.function_form": Entry(_("function:NAME, without a version")),
    "listed_arn.table_form": Entry(_("table/NAME, without an index")),
}
