"""Every IAM document there is, as pure functions: read this package and you know every right.

producer.py: keys that work with one data stream. delivery.py: Firehose and the bucket. destinations.py: Firehose and
everything else it delivers to. grant.py: the portal itself in
a client's account. words.py: any of them in plain English.
"""

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
from portal.aws.policies.grant import EVERYTHING, OptionalRights, boundary, portal_permissions, portal_trust
from portal.aws.policies.producer import administrator, consumer, producer, resharding
from portal.aws.policies.statements import Document, Statement
from portal.aws.policies.words import in_words

__all__ = [
    "EVERYTHING",
    "Document",
    "OptionalRights",
    "Statement",
    "administrator",
    "boundary",
    "commit_tables",
    "consumer",
    "enter_collection",
    "firehose_s3_role",
    "firehose_trust",
    "in_words",
    "index_in_domain",
    "invoke_function",
    "network_interfaces",
    "portal_permissions",
    "portal_trust",
    "producer",
    "read_schema",
    "read_secret",
    "resharding",
    "tls_only_bucket",
]
