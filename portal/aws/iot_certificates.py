"""Device certificates of AWS IoT, created from a certificate request: the private key never reaches AWS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from portal.aws.calls import call, delete_if_exists, get_or_none
from portal.aws.session import AwsSession

ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"
_PAGE = 250


@dataclass(frozen=True, slots=True)
class DeviceCertificate:
    """A certificate: its ID and ARN, and its PEM text, which is public."""

    certificate_id: str
    arn: str
    pem: str


def create_certificate(aws: AwsSession, request: str) -> DeviceCertificate:
    """Create an inactive certificate from a request in PEM, by one call that is not repeated.

    Each call creates another certificate of the same key.
    https://docs.aws.amazon.com/iot/latest/apireference/API_CreateCertificateFromCsr.html
    """
    once = aws.hurried()
    given = {"certificateSigningRequest": request, "setAsActive": False}
    found = call(once, "iot", "CreateCertificateFromCsr", **given)
    return DeviceCertificate(found["certificateId"], found["certificateArn"], found["certificatePem"])


def newest_certificates(aws: AwsSession, since: datetime) -> Iterator[str]:
    """Yield the IDs of the certificates that were created since a time, newest first.

    https://docs.aws.amazon.com/iot/latest/apireference/API_ListCertificates.html
    """
    more: dict[str, str] = {}
    while True:
        page = call(aws, "iot", "ListCertificates", pageSize=_PAGE, ascendingOrder=False, **more)
        for row in page["certificates"]:
            if row["creationDate"] >= since:
                yield row["certificateId"]
        # AWS orders them by their time, so an older one ends the search.
        if any(row["creationDate"] < since for row in page["certificates"]) or not page.get("nextMarker"):
            return
        more = {"marker": page["nextMarker"]}


def describe_certificate(aws: AwsSession, certificate_id: str) -> DeviceCertificate | None:
    """Return a certificate, or None.

    https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeCertificate.html
    """
    found = get_or_none(aws, "iot", "DescribeCertificate", certificateId=certificate_id)
    if found is None:
        return None
    row = found["certificateDescription"]
    return DeviceCertificate(row["certificateId"], row["certificateArn"], row["certificatePem"])


def set_status(aws: AwsSession, certificate_id: str, status: str) -> None:
    """Set a certificate ACTIVE or INACTIVE; no error where it is gone.

    https://docs.aws.amazon.com/iot/latest/apireference/API_UpdateCertificate.html
    """
    delete_if_exists(aws, "iot", "UpdateCertificate", certificateId=certificate_id, newStatus=status)


def attach_policy(aws: AwsSession, policy: str, certificate_arn: str) -> None:
    """Attach a policy of AWS IoT to a certificate; the same again changes nothing.

    https://docs.aws.amazon.com/iot/latest/apireference/API_AttachPolicy.html
    """
    call(aws, "iot", "AttachPolicy", policyName=policy, target=certificate_arn)


def detach_policy(aws: AwsSession, policy: str, certificate_arn: str) -> None:
    """Detach a policy of AWS IoT from a certificate; no error where either is gone.

    https://docs.aws.amazon.com/iot/latest/apireference/API_DetachPolicy.html
    """
    delete_if_exists(aws, "iot", "DetachPolicy", policyName=policy, target=certificate_arn)


def delete_certificate(aws: AwsSession, certificate_id: str) -> None:
    """Delete an inactive certificate that is attached to nothing; one that is absent is fine.

    https://docs.aws.amazon.com/iot/latest/apireference/API_DeleteCertificate.html
    """
    delete_if_exists(aws, "iot", "DeleteCertificate", certificateId=certificate_id)
