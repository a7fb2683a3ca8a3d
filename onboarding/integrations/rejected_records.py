"""What the vendor's sender reports of records that AWS rejected: from which addresses they were sent.

AWS does not say who puts records, nor from where: PutRecord is not in CloudTrail's event history. The vendor's sender
knows its own addresses, and sees a denial first.
"""

from collections.abc import Iterable
from dataclasses import replace

from onboarding.integrations import key_addresses
from onboarding.integrations.expected_networks import address_in, expected_networks
from onboarding.integrations.key_addresses import Sighting
from onboarding.models.credential import Credential
from onboarding.models.key_address import KeyAddress
from portal.database_clock import DatabaseClock
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy.models import ApiToken

OPERATION = "kinesis:PutRecord"


def report(*, credential: Credential, rejections: Iterable[Sighting], token: ApiToken) -> list[str]:
    """Keep the addresses that are outside of the vendor's networks, and return them.

    Raises ValidationError for a key that was withdrawn, and where records are accepted from every network: then AWS
    rejects none for its address.
    """
    if credential.state not in key_addresses.USABLE:
        raise validation_error(Message("credential.not_downloadable"))
    expected = expected_networks(credential.integration)
    if not expected.are_published:
        raise validation_error(Message("key_address.networks_not_published"))
    now = DatabaseClock().now()
    outside = [
        # The sender's clock may be wrong.
        replace(found, at=max(min(found.at, now), credential.created_at))
        for found in rejections
        if (address := address_in(found.address)) and not expected.has(address)
    ]
    key_addresses.keep(credential, outside, source=KeyAddress.Source.VENDOR, actor=token.person)
    return sorted({found.address for found in outside})
