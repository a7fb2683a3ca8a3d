"""Every IAM document there is, as pure functions: read this package and you know every right.

producer.py: keys that work with one data stream. delivery.py: Firehose and the bucket. destinations.py: Firehose and
everything else it delivers to. keys.py: KMS keys. grant.py: the portal itself in a client's account.
choices.py: what the client decides. reach.py: how far deliveries reach. within.py: whether a role stays inside a
boundary. words.py: any of them in plain English.
"""

from portal.aws.policies.choices import (
    BY_KEY,
    CHOICES,
    EVERYTHING,
    OTHERS,
    TO_ADD,
    USUAL,
    Choice,
    OptionalRights,
    rights_of,
)
from portal.aws.policies.delivery import firehose_s3_role, firehose_trust, tls_only_bucket
from portal.aws.policies.destinations import (
    commit_tables,
    enter_collection,
    index_in_domain,
    invoke_function,
    network_interfaces,
    read_schema,
    read_secret,
)
from portal.aws.policies.grant import boundary, portal_permissions, portal_trust
from portal.aws.policies.keys import stream_key
from portal.aws.policies.producer import administrator, consumer, producer, resharding
from portal.aws.policies.reach import InvalidOther, check_other, listable, other_resources
from portal.aws.policies.statements import Document, Statement
from portal.aws.policies.within import Beyond, beyond
from portal.aws.policies.words import in_words

__all__ = [
    "BY_KEY",
    "CHOICES",
    "EVERYTHING",
    "OTHERS",
    "TO_ADD",
    "USUAL",
    "Beyond",
    "Choice",
    "Document",
    "InvalidOther",
    "OptionalRights",
    "Statement",
    "administrator",
    "beyond",
    "boundary",
    "check_other",
    "commit_tables",
    "consumer",
    "enter_collection",
    "firehose_s3_role",
    "firehose_trust",
    "in_words",
    "index_in_domain",
    "invoke_function",
    "listable",
    "network_interfaces",
    "other_resources",
    "portal_permissions",
    "portal_trust",
    "producer",
    "read_schema",
    "read_secret",
    "resharding",
    "rights_of",
    "stream_key",
    "tls_only_bucket",
]
