"""The English of security options as consumers see them: what each is, when it is worth it, what it costs."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "consumer_security.no_cost": Entry(_("No charge.")),
    "consumer_security.kms": Entry(_("Right to the KMS key")),
    "consumer_security.kms.what": Entry(
        _(
            "Kinesis encrypts records on disk and decrypts them for each reader. With a customer managed key, "
            "each reader "
            "also needs the right to decrypt with it, so the key is a second lock."
        )
    ),
    "consumer_security.kms.none": Entry(_("This stream is not encrypted at rest. Readers need no right to a key.")),
    "consumer_security.kms.aws": Entry(
        _("This stream is encrypted with the AWS managed key aws/kinesis. Readers in this account need no right to it.")
    ),
    "consumer_security.kms.not_shared": Entry(
        _(
            "An AWS managed key cannot be shared: a reader of another account can read such a stream only by a role of "
            "this account."
        )
    ),
    "consumer_security.kms.not_created": Entry(
        _("This stream gets a KMS key of its own. The policies are shown here once the key exists.")
    ),
    "consumer_security.kms.customer": Entry(_("This stream is encrypted with the customer managed key %(key)s.")),
    "consumer_security.kms.other_account": Entry(
        _("For a reader of another account both are needed: its own policy, and a statement in the key’s policy.")
    ),
    "consumer_security.kms.holder": Entry(_("Policy for each reader. The consumer policy includes it.")),
    "consumer_security.kms.key_policy": Entry(
        _("Statement for the key’s policy, for a reader that its account cannot allow by itself.")
    ),
    "consumer_security.kms.cost": Entry(
        _(
            "%(month)s USD a month for the key and %(requests)s USD for 10,000 requests (estimate). Kinesis "
            "asks KMS about "
            "every five minutes for each reader."
        )
    ),
    "consumer_security.tls": Entry(_("TLS only")),
    "consumer_security.tls.state": Entry(_("Readers reach this stream at %(url)s.")),
    "consumer_security.tls.what": Entry(
        _(
            "AWS’s tools always use TLS. The policy makes it a rule that a wrong setting cannot break: every request "
            "without TLS is denied."
        )
    ),
    "consumer_security.tls.holder": Entry(_("Policy for each reader, in addition to the consumer policy.")),
    "consumer_security.fips": Entry(_("FIPS endpoints")),
    "consumer_security.fips.what": Entry(
        _(
            "A FIPS endpoint uses cryptography that is validated for the US government. It is worth it only if a rule "
            "that you must follow demands it."
        )
    ),
    "consumer_security.fips.none": Entry(
        _("%(region)s has no FIPS endpoint of Kinesis. These Regions have one: %(regions)s.")
    ),
    "consumer_security.fips.used": Entry(
        _("The producer of this stream uses FIPS endpoints, and so do these settings.")
    ),
    "consumer_security.fips.possible": Entry(
        _("The producer of this stream uses the standard endpoint. A reader can still use a FIPS endpoint.")
    ),
    "consumer_security.fips.hosts": Entry(_("Hosts to allow in a firewall: %(hosts)s.")),
    "consumer_security.vpc": Entry(_("VPC endpoint")),
    "consumer_security.vpc.state": Entry(_("Sluice creates no endpoint, because it has no rights in your networks.")),
    "consumer_security.vpc.what": Entry(
        _(
            "A reader in a VPC reaches Kinesis through an interface endpoint, without a way to the internet. "
            "It is worth "
            "it where a network must have no such way, or where a key must be useless outside of it."
        )
    ),
    "consumer_security.vpc.other_streams": Entry(
        _(
            "The endpoint’s policy allows this stream alone. Programs of the VPC that use other streams "
            "through the same "
            "endpoint need statements of their own. KCL also needs endpoints of DynamoDB and CloudWatch."
        )
    ),
    "consumer_security.vpc.endpoint_policy": Entry(_("Policy of the endpoint.")),
    "consumer_security.vpc.only": Entry(
        _(
            "Policy for a reader that must use the endpoint. Replace YOUR-VPC-ENDPOINT-ID with the ID that the command "
            "prints."
        )
    ),
    "consumer_security.vpc.cost": Entry(
        _("AWS bills the endpoint for each hour and Availability Zone, and each GB: see AWS PrivateLink pricing.")
    ),
    "consumer_security.client_side": Entry(_("Client-side encryption")),
    "consumer_security.client_side.state": Entry(
        _("The producer decides: it encrypts each record before it sends it. Sluice does not set it up.")
    ),
    "consumer_security.client_side.what": Entry(
        _(
            "Encryption at rest decrypts for everyone who may read the stream. With client-side encryption, AWS and "
            "everyone without the key see ciphertext, and a changed record is refused."
        )
    ),
    "consumer_security.client_side.worth": Entry(
        _("It is worth it where people or tools must pass records on without reading them.")
    ),
    "consumer_security.client_side.lost": Entry(
        _(
            "Everything between producer and consumer then works without content: Sluice’s records and filters, format "
            "conversion and partitions of Firehose, and queries in Athena."
        )
    ),
    "consumer_security.client_side.producer": Entry(_("Policy of the producer.")),
    "consumer_security.client_side.consumer": Entry(_("Policy of each consumer that reads the content.")),
    "consumer_security.client_side.cost": Entry(
        _(
            "A KMS key and its requests: the sample asks for one data key in 5 minutes or 1,000 records. Each "
            "record grows "
            "by some hundred bytes and cannot be compressed any more."
        )
    ),
}
