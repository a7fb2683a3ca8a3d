"""The proof of a revocation: a PutRecord with the revoked key, which AWS refuses because it knows no such key.

Sluice does not have the secret, so it signs with random bytes. AWS looks up the access key ID first: of an active key
it answers that the signature is wrong (InvalidSignatureException), of one that is inactive or deleted that the token is
invalid (UnrecognizedClientException). Only the second answer is a proof, and it holds whatever the secret is.
https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html
"""

import secrets

from onboarding.models.credential import Credential
from onboarding.spec.endpoint import wants_fips
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from portal.messages.message import Message

UNKNOWN = frozenset({"UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId"})
PARTITION_KEY = "sluice-revoked"


def refusal_of(credential: Credential) -> Message | None:
    """Return AWS's refusal of a PutRecord with the key, or None while AWS still knows the key."""
    integration = credential.integration
    aws = AwsSession(
        region=integration.region,
        credentials=AwsCredentials(credential.access_key_id, secrets.token_hex(20)),
        fips=wants_fips(integration.spec),
    ).hurried()
    try:
        put_record(aws, integration.stream_name, data=b"{}", partition_key=PARTITION_KEY)
    except AwsFault as fault:
        if fault.code in UNKNOWN:
            return Message("revocation.refused", code=fault.code, text=fault.aws_text)
    return None
