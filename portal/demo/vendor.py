"""`python -m portal.demo.vendor FOLDER`: creates the portal's AWS user and the vendor's delivery key, once."""

import json
import sys
from pathlib import Path

from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.session import AwsSession
from portal.aws.sts import caller_identity
from portal.demo.cast import PORTAL_PRINCIPAL_ARN, PORTAL_USER, VENDOR_ACCOUNT, VENDOR_NAME
from portal.demo.places import Places, write_private
from portal.local.ministack import root_session
from portal.openpgp.generate import generate_keypair

# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html
MAY_ASSUME = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/SluiceAccess*"},
    ],
}


def ensure_portal_key(places: Places) -> None:
    """Create the portal's user and access key in the vendor's account, unless the stored key works."""
    if places.portal_key.exists() and _works(places):
        return
    iam = root_session(VENDOR_ACCOUNT).client("iam")
    if not any(user["UserName"] == PORTAL_USER for user in iam.list_users()["Users"]):
        iam.create_user(UserName=PORTAL_USER)
    iam.put_user_policy(UserName=PORTAL_USER, PolicyName="assume-clients-roles", PolicyDocument=json.dumps(MAY_ASSUME))
    for old in iam.list_access_keys(UserName=PORTAL_USER)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=PORTAL_USER, AccessKeyId=old["AccessKeyId"])
    created = iam.create_access_key(UserName=PORTAL_USER)["AccessKey"]
    key = {"AWS_ACCESS_KEY_ID": created["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": created["SecretAccessKey"]}
    write_private(places.portal_key, json.dumps(key))


def ensure_delivery_key(places: Places) -> None:
    """Create the vendor's OpenPGP key pair, unless there is one."""
    if places.vendor_certificate.exists() and places.vendor_private_key.exists():
        return
    certificate, private_key = generate_keypair(f"{VENDOR_NAME} delivery (demo) <delivery@halcyon.example>")
    write_private(places.vendor_private_key, private_key)
    places.vendor_certificate.write_text(certificate, encoding="utf-8")


def _works(places: Places) -> bool:
    key = json.loads(places.portal_key.read_text(encoding="utf-8"))
    session = AwsSession(
        region="us-east-1",
        credentials=AwsCredentials(key["AWS_ACCESS_KEY_ID"], key["AWS_SECRET_ACCESS_KEY"]),
    )
    try:
        return caller_identity(session).arn == PORTAL_PRINCIPAL_ARN
    except AwsFault:
        return False


if __name__ == "__main__":
    here = Places(Path(sys.argv[1]))
    ensure_portal_key(here)
    ensure_delivery_key(here)
