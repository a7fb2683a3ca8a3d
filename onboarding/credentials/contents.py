"""What a recipient finds after decrypting: a small tar archive with AWS's own CSV and a profile.

In a key that its owner created without Sluice it is CreateAccessKey's answer as JSON instead.
"""

import csv
import io
import json
import tarfile
from collections.abc import Mapping

from portal.aws.endpoints import kinesis_url

CSV_NAME = "credentials.csv"
PROFILE_NAME = "profile"


def key_csv(*, access_key_id: str, secret: str) -> bytes:
    """Return the file that the AWS console offers once when an access key is created, byte for byte.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-keys-admin-managed.html
    """
    return f"Access key ID,Secret access key\r\n{access_key_id},{secret}\r\n".encode()


def aws_profile(
    *,
    profile_name: str,
    access_key_id: str,
    secret: str,
    region: str,
    stream_arn: str,
    endpoint: Mapping[str, str] | None = None,
) -> bytes:
    """Return a section for the file ~/.aws/credentials, with a comment that names the data stream it is for.

    `endpoint` are the settings that lead to another than the standard endpoint: `use_fips_endpoint` or `endpoint_url`.
    https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
    """
    lines = (
        f"# Puts records into {stream_arn}",
        *_through(region, endpoint or {}),
        f"[{profile_name}]",
        f"aws_access_key_id = {access_key_id}",
        f"aws_secret_access_key = {secret}",
        f"region = {region}",
        *(f"{name} = {value}" for name, value in (endpoint or {}).items()),
    )
    return ("\n".join(lines) + "\n").encode()


def _through(region: str, endpoint: Mapping[str, str]) -> list[str]:
    # Not every tool reads the settings below: for those, the comment has the address.
    if "endpoint_url" in endpoint:
        return [f"# through the VPC endpoint {endpoint['endpoint_url']}, which only its own network reaches"]
    if "use_fips_endpoint" in endpoint:
        return [f"# through the FIPS endpoint {kinesis_url(region, fips=True)}"]
    return []


def bundle(
    *,
    profile_name: str,
    access_key_id: str,
    secret: str,
    region: str,
    stream_arn: str,
    endpoint: Mapping[str, str] | None = None,
) -> bytes:
    """Return both files as one uncompressed ustar archive, so that `gpg -d key.asc | tar x` yields them.

    Equal arguments give equal bytes; the files unpack readable by their owner alone.
    """
    profile = aws_profile(
        profile_name=profile_name,
        access_key_id=access_key_id,
        secret=secret,
        region=region,
        stream_arn=stream_arn,
        endpoint=endpoint,
    )
    files = {CSV_NAME: key_csv(access_key_id=access_key_id, secret=secret), PROFILE_NAME: profile}
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in files.items():
            tar.addfile(_entry(name, len(content)), io.BytesIO(content))
    return archive.getvalue()


def read_bundle(archive: bytes) -> dict[str, bytes]:
    """Return the files of a bundle by name. Raises tarfile.TarError for anything else."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
        return {member.name: _content(tar, member) for member in tar if member.isfile()}


def read_key(content: bytes) -> tuple[str, str]:
    """Return the access key ID and the secret access key of either form. Raises ValueError for anything else.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
    """
    try:
        if content.lstrip()[:1] == b"{":
            key = json.loads(content)["AccessKey"]
            return str(key["AccessKeyId"]), str(key["SecretAccessKey"])
        row = next(csv.DictReader(io.StringIO(read_bundle(content)[CSV_NAME].decode(), newline="")))
        key_id, secret = row["Access key ID"], row["Secret access key"]
    except (KeyError, TypeError, ValueError, StopIteration, csv.Error, tarfile.TarError):
        key_id = secret = None
    if not key_id or not secret:
        # Without the cause: it could quote what was inside.
        raise ValueError("This is neither a bundle of Sluice's nor an answer of CreateAccessKey.") from None
    return key_id, secret


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size = size
    entry.mtime = 0
    entry.mode = 0o600
    return entry


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    opened = tar.extractfile(member)
    return opened.read() if opened else b""
