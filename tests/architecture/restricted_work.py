"""What GnuPG, the sealing process and a decoder do, to be started under the restrictions of docs/server/systemd.

AWS is not reached: a sealer that asks it has rehearsed the encryption before. Prints what it reached.
"""

import django

from monitoring.records.bounded_decoder import BoundedDecoder
from onboarding.credentials.sealer_client import Recipient, Sealer
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.session import AwsSession
from portal.openpgp.certificates import inspect
from portal.openpgp.generate import generate_keypair

django.setup()
STREAM = "arn:aws:kinesis:eu-west-1:111122223333:stream/sensors"

certificate = inspect(generate_keypair("Ada <ada@example.com>")[0])
aws = AwsSession(region="eu-west-1", credentials=AwsCredentials("AKIAIOSFODNN7EXAMPLE", "x" * 40))
with Sealer.start() as sealer:
    try:
        recipients = [Recipient(certificate.fingerprint, certificate.armored)]
        sealer.mint(aws, user_name="sensors", stream_name="sensors", stream_arn=STREAM, recipients=recipients)
    except AwsFault as fault:
        print("sealer:", fault.code)
(contents,) = BoundedDecoder().decode_all([(b'{"temperature": 21}', "lobby")])
print("decoder:", contents.listed[0].refusal, contents.listed[0].clear.text)
