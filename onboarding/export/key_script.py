"""The access key, made by the client and encrypted to the vendor before it is written anywhere."""

import shlex

from portal.openpgp.certificates import Certificate

_SCRIPT = """\
#!/usr/bin/env bash
# Makes the access key of IAM user {user} and writes it to {out}, encrypted to the vendor's OpenPGP key.
# The key goes from AWS through a pipe into gpg: it is never in a file, in a variable or on the screen.
# Compare this fingerprint with the one that the vendor told you by another way:
#   {spaced}
# Run it with bash, the AWS CLI (version 1 or 2) and GnuPG 2.2 or newer, as somebody who may make access keys.
set -euo pipefail
umask 077

user={user}
vendor={fingerprint}
out={out}

stop() {{ echo "$1" >&2; exit 1; }}
# Nothing here needs gpg's agent: only a public key is used.
public_gpg() {{ gpg --homedir "$home" --batch --quiet --no-tty --no-autostart "$@"; }}
encrypt() {{ public_gpg --trust-model always --armor --encrypt --recipient "$vendor" "$@"; }}

[ ! -e "$out" ] || stop "$out is there already. Nothing was done: send it, or delete it and the user's key first."
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
public_gpg --import <<'VENDOR'
{certificate}
VENDOR
# Rehearsed first, so that no key is made that nobody could be sent.
echo rehearsal | encrypt --output "$home/rehearsal" || stop "gpg cannot encrypt to the vendor's key. No key was made."

keys=$(aws iam list-access-keys --user-name "$user" --query 'length(AccessKeyMetadata)' --output text)
[ "$keys" = 0 ] || stop "User $user has $keys access key(s) already. Nothing was done: delete what nobody uses first."

if ! aws iam create-access-key --user-name "$user" --output json | encrypt --output "$out"; then
  rm -f "$out"
  stop "It failed midway. If 'aws iam list-access-keys --user-name $user' shows a key, delete it and run this again."
fi
echo "The key is in $out. Only the vendor can read it: send it to them."
"""


def key_script(user_name: str, certificate: Certificate) -> str:
    """Return a bash script that makes a user's access key and encrypts it to a certificate.

    What it writes is the answer of CreateAccessKey, as JSON, in one armored OpenPGP message.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
    """
    digits = certificate.fingerprint
    return _SCRIPT.format(
        user=shlex.quote(user_name),
        out=shlex.quote(f"{user_name}-key.asc"),
        fingerprint=digits,
        spaced=" ".join(digits[start : start + 4] for start in range(0, len(digits), 4)),
        certificate=certificate.armored.strip(),
    )
