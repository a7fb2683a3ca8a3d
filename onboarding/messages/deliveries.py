"""The English of what is wrong with a delivery, whatever its destination."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "delivery.name_outside_prefix": Entry(_("The role can only create names that begin with “%(prefix)s”.")),
    "delivery.buffer_size": Entry(_("For %(destination)s, the buffer size is %(least)s to %(most)s MB.")),
    "delivery.buffer_interval": Entry(_("For %(destination)s, the buffer interval is %(least)s to %(most)s seconds.")),
    # Lambda transformation.
    "delivery.transform_buffer_size": Entry(_("The transformation buffer size is 0.2 to 3 MB.")),
    "delivery.transform_buffer_interval": Entry(_("The transformation buffer interval is 0 to 900 seconds.")),
    "delivery.transform_retries": Entry(_("The number of retries is 0 to 300.")),
    # ARNs, secrets and texts.
    "delivery.not_an_arn": Entry(_("This is not an ARN of this type: %(resource)s.")),
    "delivery.in_other_region": Entry(_("The %(resource)s is in %(found)s, and the stream in %(region)s.")),
    "delivery.in_other_account": Entry(_("The %(resource)s belongs to another AWS account, %(account)s.")),
    "delivery.resource_domain": Entry(_("OpenSearch domain")),
    "delivery.resource_collection": Entry(_("OpenSearch Serverless collection")),
    "delivery.resource_catalog": Entry(_("Glue catalog")),
    "delivery.resource_function": Entry(_("Lambda function")),
    "delivery.resource_secret": Entry(_("secret")),
    "delivery.not_a_secret_arn": Entry(
        _("This is not the ARN of a secret in AWS Secrets Manager, which begins with arn:aws:secretsmanager:."),
        _("Enter the ARN. Never enter the secret itself."),
    ),
    "delivery.secret_arn_incomplete": Entry(
        _("The ARN is incomplete."), _("It must end with a hyphen and the six characters that Secrets Manager added.")
    ),
    "delivery.secret_in_text": Entry(
        _("Do not enter user names, passwords or keys here."), _("Store them in the secret.")
    ),
    "delivery.looks_secret": Entry(
        _("This seems to contain a secret, so it was not saved."), _("Store secrets in AWS Secrets Manager.")
    ),
    "delivery.value_missing": Entry(_("%(field)s is missing.")),
    "delivery.value_too_long": Entry(
        _("%(field)s may have at most %(limit_count)s characters; this has %(length_count)s.")
    ),
    "delivery.retry_duration": Entry(_("The retry duration is 0 to %(limit_count)s seconds.")),
    "delivery.url_not_https": Entry(_("Firehose delivers over TLS only."), _("Enter a URL that begins with https://.")),
    "delivery.url_with_password": Entry(
        _("A URL must not contain a user name or password."), _("Store them in the secret.")
    ),
    "delivery.url_too_long": Entry(_("A URL may have at most %(limit_count)s characters.")),
    "delivery.subnets": Entry(_("Enter the IDs of 1 to %(limit)s subnets, such as subnet-0a1b2c3d.")),
    "delivery.security_groups": Entry(_("Enter the IDs of 1 to %(limit)s security groups, such as sg-0a1b2c3d.")),
    # Prefixes.
    "prefix.expression_open": Entry(_("An expression that begins with !{ must end with }.")),
    "prefix.partition_key_of_failed_record": Entry(
        _("The error prefix does not support partition keys, because a failed record may have none.")
    ),
    "prefix.too_long": Entry(_("With its expressions filled in, a prefix may have at most %(limit)s characters.")),
    "prefix.partition_key_of_backup": Entry(_("The source record backup does not support partition keys.")),
    "prefix.firehose_expression": Entry(
        _("!{firehose:%(value)s} is not supported here. A prefix can contain !{firehose:random-string}.")
    ),
    "prefix.partition_key_unnamed": Entry(_("Name the partition key: !{%(namespace)s:name}.")),
    "prefix.unknown_expression": Entry(
        _("Firehose has no expression !{%(expression)s}."), _("Use !{timestamp:yyyy/MM/dd/HH} or plain text.")
    ),
    "prefix.date_pattern": Entry(
        _("“%(pattern)s” is not a valid date pattern."), _("Use yyyy, MM, dd, HH, mm and ss, as in yyyy/MM/dd/HH.")
    ),
    "prefix.error_type_required": Entry(_("With expressions, this must contain !{firehose:error-output-type}.")),
    "prefix.error_type_required_by_prefix": Entry(
        _("As the prefix has expressions, this must contain !{firehose:error-output-type}.")
    ),
    "prefix.partition_keys_not_allowed": Entry(
        _("Partition keys are allowed only in the prefix of an S3 destination with dynamic partitioning.")
    ),
    "prefix.transformation_required": Entry(
        _("!{partitionKeyFromLambda:%(key)s} requires a transformation, and this delivery has none.")
    ),
}
