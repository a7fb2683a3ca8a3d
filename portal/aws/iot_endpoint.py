"""Where devices connect to, and the root certificate by which they know it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import botocore

from portal.aws.calls import call
from portal.aws.session import AwsSession

MQTT_PORT = 8883
_ROOT = re.compile(
    r'# Label: "Amazon Root CA 1"\n(?:#[^\n]*\n)*'
    r"(-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n)"
)


def data_endpoint(aws: AwsSession) -> str:
    """Return the host to which devices of this account and Region connect; it never changes.

    https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeEndpoint.html
    """
    return str(call(aws, "iot", "DescribeEndpoint", endpointType="iot:Data-ATS")["endpointAddress"])


# https://docs.aws.amazon.com/iot/latest/developerguide/server-authentication.html
@cache
def amazon_root_ca() -> str:
    """Return Amazon Root CA 1 in PEM, from the certificates that come with AWS's SDK."""
    bundle = (Path(botocore.__file__).parent / "cacert.pem").read_text(encoding="utf-8")
    found = _ROOT.search(bundle)
    if found is None:
        raise LookupError("cacert.pem")
    return found[1]
