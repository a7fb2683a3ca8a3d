"""The access key, created by the client and encrypted to the vendor before it is written anywhere."""

import shlex
from collections.abc import Sequence

from onboarding.export.file_heads import FIPS_LINE
from portal.openpgp.certificates import Certificate

_SCRIPT = """\
#!/usr/bin/env bash
# Creates the access key of IAM user {user} and writes it to {out}, encrypted to {readers}.
# The key goes from AWS through a pipe into gpg: it is never in a file, in a variable or on the screen.
# Compare the vendor's fingerprint with the one that you received over another channel, such as by phone:
#   {spaced}
# Run it with bash, the AWS CLI (version 1 or 2) and GnuPG 2.2 or newer, as someone who may create access keys.
set -euo pipefail
umask 077

account={account}
user={user}
vendor={fingerprint}
out={out}
{fips}
stop() {{ echo "$1" >&2; exit 1; }}
# Nothing here needs gpg's agent: only a public key is used.
public_gpg() {{
  gpg --homedir "$home" --batch --quiet --no-tty --no-autostart "$@" 2> >(grep -v "no gpg-agent running" >&2)
}}
encrypt() {{
  public_gpg --trust-model always --armor --set-filename "$user-key.json" \\
    --encrypt --recipient "$vendor"{recipients} "$@"
}}

if [ "$(aws configure get cli_history || true)" = enabled ]; then
  echo "Your AWS CLI stores every response (cli_history), and would store the key too. Nothing was changed." >&2
  stop "Turn it off first: aws configure set cli_history disabled"
fi
[ ! -e "$out" ] || stop "$out already exists. Nothing was changed. Send it, or delete it and the user's access key."
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
public_gpg --import <<'VENDOR'
{certificate}
VENDOR
{others}# Encryption is tested first: a key that cannot be encrypted must not be created.
echo test | encrypt --output "$home/test" || stop "gpg cannot encrypt to {readers}. No key was created."

signed_in=$(aws sts get-caller-identity --query Account --output text)
[ "$signed_in" = "$account" ] || stop "You are signed in to AWS account $signed_in, not $account. Nothing was changed."
keys=$(aws iam list-access-keys --user-name "$user" --query 'length(AccessKeyMetadata)' --output text)
[ "$keys" = 0 ] || stop "User $user already has $keys access key(s). Nothing was changed. Delete unused keys first."

if ! aws iam create-access-key --user-name "$user" --output json | encrypt --output "$out"; then
  rm -f "$out"
  echo "The key could not be created and encrypted." >&2
  stop "If 'aws iam list-access-keys --user-name $user' shows a key, delete it, then run this again."
fi
echo "The key is in $out, encrypted to {readers}."
echo "Upload it on the integration's page in Sluice, or send it to the vendor, for example by email."
"""


_OTHER = """\
public_gpg --import <<'RECIPIENT'
{certificate}
RECIPIENT
"""


def key_script(
    user_name: str,
    certificate: Certificate,
    others: Sequence[tuple[str, str]] = (),
    *,
    account_id: str,
    fips: bool = False,
) -> str:
    """Return a bash script that creates a user's access key and encrypts it to the vendor's certificate.

    `others` are keys of the client's own, each by fingerprint and armored certificate, that can read it as well.
    With `fips` it calls FIPS endpoints.

    What it writes is the answer of CreateAccessKey, as JSON, in one armored OpenPGP message.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
    """
    digits = certificate.fingerprint
    return _SCRIPT.format(
        account=account_id,
        fips=f"{FIPS_LINE[1:]}\n" if fips else "",
        user=shlex.quote(user_name),
        out=shlex.quote(f"{user_name}-key.json.asc"),
        fingerprint=digits,
        readers="the vendor's OpenPGP key" + (f" and {len(others)} of yours" if others else ""),
        recipients="".join(f" --recipient {fingerprint}" for fingerprint, _ in others),
        others="".join(_OTHER.format(certificate=armored.strip()) for _, armored in others),
        spaced=" ".join(digits[start : start + 4] for start in range(0, len(digits), 4)),
        certificate=certificate.armored.strip(),
    )
