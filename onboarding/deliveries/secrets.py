"""How a client puts a destination's secret into Secrets Manager: what it has to hold, and the line that makes it.

The line asks for each value without showing it. No value stands in it, so none is left in the shell's history, in a
list of processes, or in a file.

https://docs.aws.amazon.com/firehose/latest/dev/secrets-manager-whats-secret.html
"""

import shlex
from dataclasses import dataclass

PRIVATE_KEY_FILE = "rsa_key.p8"
# Firehose wants the key's own lines, joined, without those that begin and end it.
_OF_FILE = f'"".join(line.strip() for line in open("{PRIVATE_KEY_FILE}") if "-----" not in line)'


@dataclass(frozen=True, slots=True)
class Value:
    """A key of the secret's JSON, and the prompt for its value; `from_file` is read instead."""

    key: str
    prompt: str
    is_optional: bool = False
    from_file: str = ""


VALUES: dict[str, tuple[Value, ...]] = {
    "redshift": (Value("username", "Redshift user"), Value("password", "Password")),
    "http": (Value("api_key", "Access key for the endpoint"),),
    "splunk": (Value("hec_token", "HEC token"),),
    "snowflake": (
        Value("user", "Snowflake user"),
        Value("private_key", "", from_file=PRIVATE_KEY_FILE),
        Value("key_passphrase", "Passphrase of the private key (press Enter for none)", is_optional=True),
    ),
}


def command(kind: str, *, region: str, name: str) -> str:
    """Return the command that makes the secret of a kind and prints its ARN; empty for a kind that needs none.

    Works in AWS CloudShell, and in any shell with the AWS CLI and Python.
    """
    values = VALUES.get(kind, ())
    if not values:
        return ""
    return (
        f"python3 -c '{_asking(values)}' |\n"
        f"  aws secretsmanager create-secret --region {shlex.quote(region)} --name {shlex.quote(name)} \\\n"
        "    --secret-string file:///dev/stdin --query ARN --output text"
    )


def _asking(values: tuple[Value, ...]) -> str:
    pairs = ", ".join(f'"{value.key}": {_OF_FILE if value.from_file else _ask(value)}' for value in values)
    found = f"{{{pairs}}}"
    if any(value.is_optional for value in values):
        found = f"{{key: value for key, value in {found}.items() if value}}"
    return f"import json; from getpass import getpass as ask; print(json.dumps({found}))"


def _ask(value: Value) -> str:
    return f'ask("{value.prompt}: ")'
