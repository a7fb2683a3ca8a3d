"""The English of AWS's rules for names, endpoints and tags: one entry for each way in which a value breaks one."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

_ENDPOINT_ID = _("A VPC endpoint's ID is “vpce-” and 17 digits from 0 to f, such as vpce-0123456789abcdef0.")
_KEY_ARN = _("A key ARN looks like arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab.")
_OTHER_KEY = _("Choose another key.")

ENTRIES = {
    # Accounts, Regions and roles.
    "name.account_id_missing": Entry(
        _("Enter your AWS account ID: 12 digits, shown at the top right of the AWS console, under your name.")
    ),
    "name.account_id_separated": Entry(_("Write the account ID as 12 digits without spaces or dashes: %(account)s.")),
    "name.account_id_length": Entry(
        _("An AWS account ID has exactly 12 digits; this has %(length)s characters."),
        _("The AWS console shows it at the top right, under your name."),
    ),
    "name.region_in_other_partition": Entry(
        _("%(region)s is a Region of the partition “%(found)s”, but this AWS account is in “%(partition)s”."),
        _("Choose a Region such as %(example)s."),
    ),
    "name.region_unknown": Entry(_("AWS has no Region called “%(region)s”."), _("For example: %(example)s.")),
    "name.region_mistyped": Entry(_("AWS has no Region called “%(region)s”. Did you mean %(near)s?")),
    "name.role_arn": Entry(_("A role ARN looks like arn:aws:iam::%(account)s:role/SluiceAccess. %(hint)s")),
    "name.arn_of_user": Entry(_("This is the ARN of a user; Sluice assumes a role.")),
    "name.arn_of_session": Entry(_("This is the ARN of a session; copy the role's own ARN from IAM.")),
    "name.arn_of_policy": Entry(_("This is the ARN of a policy.")),
    "name.arn_of_role_output": Entry(_("Copy it from the stack's output RoleArn.")),
    "name.role_in_other_account": Entry(
        _("This role is in account %(found)s, but the account ID above is %(account)s."),
        _("Enter a role of that account, or correct the account ID."),
    ),
    "name.partition_unknown": Entry(_("AWS has no partition called “%(partition)s”; most accounts are in “aws”.")),
    # Data streams and Firehose streams.
    "name.type_stream": Entry(_("data stream")),
    "name.type_firehose": Entry(_("Firehose stream")),
    "name.missing": Entry(_("Enter a name for the %(type)s.")),
    "name.too_long": Entry(_("A %(type)s name has at most %(limit)s characters; this has %(length)s.")),
    "name.characters": Entry(
        _(
            "A %(type)s name can contain only letters without accents, digits, “_”, “.” and “-”; %(characters)s cannot "
            "be in it."
        )
    ),
    "name.characters_replaceable": Entry(
        _(
            "A %(type)s name can contain only letters without accents, digits, “_”, “.” and “-”; %(characters)s cannot "
            "be in it."
        ),
        _("For example: %(example)s."),
    ),
    "name.space": Entry(_("a space")),
    "name.character": Entry(_("“%(character)s”")),
    "name.outside_prefix": Entry(
        _(
            "The name must begin with “%(prefix)s”, because Sluice's role in your account is limited to such names: "
            "for example %(prefix)s%(name)s."
        )
    ),
    "name.only_prefix": Entry(_("Add something after “%(prefix)s”: for example %(prefix)sbuilding-1.")),
    # Buckets.
    "name.bucket_example": Entry(_("%(problem)s For example: %(example)s.")),
    "name.bucket_missing": Entry(_("Enter a name for the bucket.")),
    "name.bucket_capitals": Entry(_("A bucket name cannot contain capital letters.")),
    "name.bucket_underscores": Entry(_("A bucket name cannot contain underscores.")),
    "name.bucket_characters": Entry(
        _(
            "A bucket name can contain only lowercase letters without accents, digits, “-” and “.”; %(characters)s "
            "cannot be in it."
        )
    ),
    "name.bucket_length": Entry(_("A bucket name has 3 to 63 characters; this has %(length)s.")),
    "name.bucket_ip_address": Entry(_("A bucket name must not look like an IP address.")),
    "name.bucket_ends": Entry(_("A bucket name begins and ends with a letter or digit.")),
    "name.bucket_two_dots": Entry(_("A bucket name cannot contain two dots in a row.")),
    "name.bucket_dots": Entry(_("A bucket name with dots does not work with TLS: use “-” in their place.")),
    "name.bucket_reserved_start": Entry(_("AWS reserves names that begin like this.")),
    "name.bucket_reserved_end": Entry(_("AWS reserves names that end like this.")),
    "name.bucket_account_regional": Entry(
        _(
            "Names that end with -an are for buckets in an account's own regional namespace. Sluice creates none "
            "there; use an existing one or another name."
        ),
    ),
    # KMS keys.
    "name.key_arn": Entry(_KEY_ARN),
    "name.key_alias": Entry(_KEY_ARN, _("This is an alias; enter the ARN of its key.")),
    "name.key_in_other_region": Entry(
        _("This key is in %(found)s, but the data stream is in %(region)s: a stream's key must be in its own Region.")
    ),
    "name.key_in_other_account": Entry(_("This key is in account %(found)s, but the data stream is in %(account)s.")),
    # Endpoints.
    "endpoint.no_fips": Entry(_("%(service)s has no FIPS endpoint in %(region)s that Sluice knows of.")),
    "endpoint.no_kinesis_fips": Entry(
        _("Kinesis has no FIPS endpoint in %(region)s. It has one in %(regions)s."),
        _("Choose the standard endpoint, or a stream in one of these Regions."),
    ),
    "endpoint.id_missing": Entry(
        _("Enter the ID of the VPC endpoint, such as vpce-0123456789abcdef0; the VPC console shows it.")
    ),
    "endpoint.id": Entry(_ENDPOINT_ID),
    "endpoint.id_of_vpc": Entry(_ENDPOINT_ID, _("This is the ID of a VPC; the endpoint in it has its own.")),
    "endpoint.id_of_network_interface": Entry(_ENDPOINT_ID, _("This is a network interface of an endpoint.")),
    "endpoint.name_of_service": Entry(_ENDPOINT_ID, _("This is the name of a service; the endpoint has its own ID.")),
    "endpoint.dns_name_missing": Entry(
        _("Enter the endpoint's DNS name; the VPC console shows it. It looks like %(example)s.")
    ),
    "endpoint.dns_name_with_path": Entry(
        _("Enter the name alone, without https:// and without a path: for example %(example)s.")
    ),
    "endpoint.dns_name": Entry(_("This is not the DNS name of a VPC endpoint. It looks like %(example)s.")),
    "endpoint.of_other_id": Entry(_("This name belongs to %(found)s, but the endpoint above is %(endpoint)s.")),
    "endpoint.of_other_service": Entry(
        _(
            "This is an endpoint for %(service)s. Records need one for Kinesis Data Streams (the service "
            "com.amazonaws.%(region)s.kinesis-streams): for example %(example)s."
        )
    ),
    "endpoint.in_other_region": Entry(_("This endpoint is in %(found)s, but the data stream is in %(region)s.")),
    # Tags.
    "tag.too_many": Entry(
        _("A data stream can have %(limit)s tags. Sluice sets %(own)s, so you can set %(left)s; these are %(given)s.")
    ),
    "tag.key_missing": Entry(_("A tag needs a key: write it as key = value.")),
    "tag.key_too_long": Entry(_("A tag's key has at most 128 characters; “%(key)s”… has %(length)s.")),
    "tag.value_too_long": Entry(
        _("A tag's value has at most 256 characters; that of the tag “%(key)s” has %(length)s.")
    ),
    "tag.reserved_by_aws": Entry(_("Keys that begin with “aws:” are AWS's own; rename the tag “%(key)s”.")),
    "tag.set_by_sluice": Entry(_("Sluice sets the tag “%(key)s” itself, to mark its resources."), _OTHER_KEY),
    "tag.characters": Entry(
        _("A tag can contain letters, digits, spaces and _ . : / = + - @ only; check the tag “%(key)s”.")
    ),
    "tag.key_twice": Entry(_("The key “%(key)s” is listed twice.")),
}
