"""The files in which a recipient finds an access key: for AWS's own tools, for containers, and for a first record."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.aws.endpoints import kinesis_url

CSV_NAME = "credentials.csv"
PROFILE_NAME = "profile"
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """An access key and what it is for. Never print or log it: it holds the secret.

    `endpoint` are the settings that lead to another than the standard endpoint: `use_fips_endpoint` or `endpoint_url`.
    """

    access_key_id: str
    secret: str = field(repr=False)
    user_name: str
    stream_name: str
    stream_arn: str
    region: str
    endpoint: Mapping[str, str] = field(default_factory=dict)


def key_files(key: KeyFacts) -> dict[str, bytes]:
    """Return the files by name, in the order in which they are archived; those for a first record have no secret."""
    texts = {
        "README.txt": _readme(key),
        CSV_NAME: _csv(key),
        PROFILE_NAME: _profile(key),
        "docker.env": _environment(key),
        "kubernetes-secret.yaml": _kubernetes_secret(key),
        "put_record.py": _python(key),
        "put_record.txt": f"{put_record_command(key.stream_name)}\n",
    }
    return {name: text.encode() for name, text in texts.items()}


def put_record_command(stream_name: str) -> str:
    """Return one line for sh, PowerShell and cmd that puts a first record with the AWS CLI, by the profile's name."""
    record = f"--stream-name {stream_name} --partition-key test --data SGVsbG8="
    return f"aws kinesis put-record --profile {stream_name} {record}"


def _readme(key: KeyFacts) -> str:
    return (
        f"Access key {key.access_key_id} of IAM user {key.user_name} can put records into {key.stream_arn}, "
        "and nothing else.\n"
        f"Import {CSV_NAME} with: aws configure import --csv file://{CSV_NAME}, or append {PROFILE_NAME} to "
        "~/.aws/credentials (Windows: %USERPROFILE%\\.aws\\credentials); docker.env and kubernetes-secret.yaml are for "
        "containers.\n"
        "Test it with put_record.py or put_record.txt. Move the key to your secrets store, then delete these files.\n"
    )


def _csv(key: KeyFacts) -> str:
    """The columns of AWS's console, and the user's name in front, without which `aws configure import` takes no file.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-keys-admin-managed.html
    https://docs.aws.amazon.com/cli/latest/reference/configure/import.html
    """
    return f"User name,Access key ID,Secret access key\r\n{key.user_name},{key.access_key_id},{key.secret}\r\n"


def _profile(key: KeyFacts) -> str:
    """A section for ~/.aws/credentials, with a comment that names the data stream it is for.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
    """
    lines = (
        f"# Puts records into {key.stream_arn}",
        *_through(key),
        f"[{key.stream_name}]",
        f"aws_access_key_id = {key.access_key_id}",
        f"aws_secret_access_key = {key.secret}",
        f"region = {key.region}",
        *(f"{name} = {value}" for name, value in key.endpoint.items()),
    )
    return "\n".join(lines) + "\n"


def _through(key: KeyFacts) -> list[str]:
    # Not every tool reads the settings below: for those, the comment has the address.
    if "endpoint_url" in key.endpoint:
        return [f"# through the VPC endpoint {key.endpoint['endpoint_url']}, which only its own network reaches"]
    if "use_fips_endpoint" in key.endpoint:
        return [f"# through the FIPS endpoint {kinesis_url(key.region, fips=True)}"]
    return []


def _variables(key: KeyFacts) -> dict[str, str]:
    """https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html#EVarSettings"""
    endpoint = {
        {"endpoint_url": "AWS_ENDPOINT_URL_KINESIS", "use_fips_endpoint": "AWS_USE_FIPS_ENDPOINT"}[name]: value
        for name, value in key.endpoint.items()
    }
    return {
        "AWS_ACCESS_KEY_ID": key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": key.secret,
        "AWS_REGION": key.region,
        "AWS_DEFAULT_REGION": key.region,
        **endpoint,
    }


def _environment(key: KeyFacts) -> str:
    """For `docker run --env-file`: a variable in each line, without quotes."""
    return "".join(f"{name}={value}\n" for name, value in _variables(key).items())


def _kubernetes_secret(key: KeyFacts) -> str:
    """A manifest for `kubectl apply --filename`; https://kubernetes.io/docs/concepts/configuration/secret/."""
    name = _NOT_IN_A_NAME.sub("-", key.stream_name.lower()).strip("-") or "stream"
    head = f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\ntype: Opaque\nstringData:\n"
    return head + "".join(f'  {variable}: "{value}"\n' for variable, value in _variables(key).items())


def _python(key: KeyFacts) -> str:
    name = key.stream_name
    return (
        f"# Puts one record with the profile {name}. Install boto3 first: python -m pip install boto3\n"
        "import boto3\n\n"
        f'kinesis = boto3.Session(profile_name="{name}").client("kinesis")\n'
        f'print(kinesis.put_record(StreamName="{name}", PartitionKey="test", Data=b"Hello"))\n'
    )
