"""`python -m portal.demo.vendor FOLDER`: creates the vendor's two AWS users and its delivery key, once."""

import json
import sys
from pathlib import Path

from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.session import AwsSession
from portal.aws.sts import caller_identity
from portal.demo.cast import (
    PORTAL_PRINCIPAL_ARN,
    PORTAL_USER,
    SENDER_PRINCIPAL_ARN,
    SENDER_USER,
    VENDOR_ACCOUNT,
    VENDOR_NAME,
)
from portal.demo.places import Places, write_private
from portal.local.ministack import root_session
from portal.openpgp.generate import generate_keypair


# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html
def ensure_portal_key(places: Places) -> None:
    """Create the portal's user and access key in the vendor's account, unless the stored key works."""
    _ensure_key(PORTAL_USER, PORTAL_PRINCIPAL_ARN, "role/SluiceAccess*", places.portal_key)


def ensure_sender_key(places: Places) -> None:
    """Create the simulated building's user and access key in the vendor's account, unless the stored key works."""
    _ensure_key(SENDER_USER, SENDER_PRINCIPAL_ARN, "role/sluice/producers/*", places.sender_key)


def _ensure_key(user: str, principal_arn: str, roles: str, file: Path) -> None:
    if file.exists() and _works(file, principal_arn):
        return
    iam = root_session(VENDOR_ACCOUNT).client("iam")
    if not any(found["UserName"] == user for found in iam.list_users()["Users"]):
        iam.create_user(UserName=user)
    may = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::*:{roles}"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_user_policy(UserName=user, PolicyName="assume-clients-roles", PolicyDocument=document)
    for old in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=user, AccessKeyId=old["AccessKeyId"])
    created = iam.create_access_key(UserName=user)["AccessKey"]
    key = {"AWS_ACCESS_KEY_ID": created["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": created["SecretAccessKey"]}
    write_private(file, json.dumps(key))


def ensure_delivery_key(places: Places) -> None:
    """Create the vendor's OpenPGP key pair, unless there is one."""
    if places.vendor_certificate.exists() and places.vendor_private_key.exists():
        return
    certificate, private_key = generate_keypair(f"{VENDOR_NAME} delivery (demo) <delivery@halcyon.example>")
    write_private(places.vendor_private_key, private_key)
    places.vendor_certificate.write_text(certificate, encoding="utf-8")


def _works(file: Path, principal_arn: str) -> bool:
    key = json.loads(file.read_text(encoding="utf-8"))
    session = AwsSession(
        region="us-east-1",
        credentials=AwsCredentials(key["AWS_ACCESS_KEY_ID"], key["AWS_SECRET_ACCESS_KEY"]),
    )
    try:
        return caller_identity(session).arn == principal_arn
    except AwsFault:
        return False


if __name__ == "__main__":
    here = Places(Path(sys.argv[1]))
    ensure_portal_key(here)
    ensure_sender_key(here)
    ensure_delivery_key(here)
