"""pgpkey inspect: what Sluice would say of the OpenPGP keys in files. It reaches no server."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.messages.catalogue import described
from portal.messages.message import Cause, Message
from portal.messages.openpgp import ENTRIES
from portal.openpgp.certificates import Certificate, inspect
from portal.openpgp.refusals import CertificateRefused
from portal.openpgp.text_forms import printable

HELP = gettext_lazy("Check each file as an OpenPGP key. The exit status is 0, with a verdict for each file.")
_STDIN = "-"
_MOST = 2 * 1024 * 1024  # what a page accepts at most


class InspectsKeys:
    """The subcommand `inspect`, for the command with a database and the one without."""

    def add_inspect(self, parser: ArgumentParser) -> None:
        """Add the files."""
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help=_("A file with one public key, or - for standard input.")
        )

    def do_inspect(self, options: dict[str, Any]) -> dict[str, Any]:
        """Check every file."""
        return {"files": [_entry(name) for name in options["files"]]}

    def say_inspect(self, answer: dict[str, Any]) -> str:
        """Print a line for each file, and below it the key, the subkey that is encrypted to, and the warnings."""
        return "\n".join(line for entry in answer["files"] for line in _lines(entry))


def _entry(name: str) -> dict[str, Any]:
    try:
        return _accepted(name, inspect(_content(name)))
    except CertificateRefused as refused:
        is_ours = ENTRIES[refused.message.code].cause == Cause.SLUICE
        return _without_key(name, "unavailable" if is_ours else "refused", refused.message, refused.fingerprint)
    except OSError as error:
        reason = Message("openpgp.unreadable_file", detail=error.strerror or str(error))
        return _without_key(name, "unreadable", reason, "")


def _content(name: str) -> bytes:
    if name == _STDIN:
        return sys.stdin.buffer.read(_MOST)
    with Path(name).open("rb") as file:
        return file.read(_MOST)


def _accepted(name: str, certificate: Certificate) -> dict[str, Any]:
    return {
        "file": name,
        "verdict": "accepted",
        "reason": None,
        "fingerprint": certificate.fingerprint,
        "user_ids": list(certificate.user_ids),
        "algorithm": certificate.algorithm,
        "created_at": certificate.created_at,
        "expires_at": certificate.expires_at,
        "encryption_subkeys": [certificate.encryption_key_id],
        "revoked_subkeys": list(certificate.revoked_key_ids),
        "warnings": [described(warning) for warning in certificate.warnings],
    }


def _without_key(name: str, verdict: str, reason: Message, fingerprint: str) -> dict[str, Any]:
    return {
        "file": name,
        "verdict": verdict,
        "reason": described(reason),
        "fingerprint": fingerprint or None,
        "user_ids": [],
        "algorithm": None,
        "created_at": None,
        "expires_at": None,
        "encryption_subkeys": [],
        "revoked_subkeys": [],
        "warnings": [],
    }


def _lines(entry: dict[str, Any]) -> list[str]:
    head = f"{printable(entry['file'])}: {entry['verdict']}"
    if entry["reason"]:
        return [f"{head}: {entry['reason']['text']}", *_indented(entry["reason"]["todo"])]
    names = ", ".join(entry["user_ids"])
    key = f"{entry['fingerprint']} {names} ({entry['algorithm']})"
    chosen = _("encrypts to %(subkeys)s") % {"subkeys": ", ".join(entry["encryption_subkeys"])}
    return [head, *_indented(key), *_indented(chosen), *(f"  {warning['text']}" for warning in entry["warnings"])]


def _indented(text: str) -> list[str]:
    return [f"  {text}"] if text else []
