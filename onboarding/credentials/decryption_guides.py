"""How the owner of an OpenPGP key opens an encrypted copy in each program, and how to create such a key.

No command pipes what was decrypted: PowerShell reads the output of a program as text and damages a file.
https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_pipelines
"""

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Command:
    """Lines to type into one shell; `shell` is what the reader calls it."""

    shell: str
    text: str


@dataclass(frozen=True, slots=True)
class Guide:
    """What to do in one program: commands, or steps for one that has windows."""

    program: str
    commands: list[Command] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)


def decryption_guides(file_name: str) -> list[Guide]:
    """Return how each program opens a downloaded copy, `….zip.asc`, or an earlier `….tar.asc`."""
    inside = file_name.removesuffix(".asc")
    gpg = f"gpg --output {inside} --decrypt {file_name}"
    sq = f"sq decrypt --output {inside} {file_name}"
    open_it = _("Open %(file)s with a double click.") % {"file": inside}
    if inside.endswith(".tar"):
        open_it = _("Unpack %(file)s with tar or an archive program.") % {"file": inside}
    return [
        Guide("GnuPG", _in_each_shell(gpg, inside)),
        Guide("Kleopatra", steps=[_("Double-click %(file)s.") % {"file": file_name}, *_kleopatra(), open_it]),
        Guide("GPG Suite", steps=[*_gpg_suite(file_name), open_it]),
        Guide("Sequoia", _in_each_shell(sq, inside), [_("This is sq 1.0 or newer, with your key in its key store.")]),
        Guide("Thunderbird", steps=[*_thunderbird(file_name), open_it]),
        Guide("Mailvelope", steps=[*_mailvelope(file_name), open_it]),
    ]


def creation_guides() -> list[Guide]:
    """Return how to create a key pair, and which file to upload."""
    create = 'gpg --quick-generate-key "Your Name <you@example.org>" default default 2y'
    export = "gpg --armor --output my-public-key.asc --export you@example.org"
    show = "gpg --fingerprint you@example.org"
    lines = "\n".join((create, export, show))
    return [
        Guide(
            "GnuPG",
            [
                Command(_("Install on Linux"), "sudo apt-get install gnupg"),
                Command(_("Install on macOS"), "brew install gnupg"),
                Command(_("Install on Windows, in PowerShell or cmd"), "winget install GnuPG.Gpg4win"),
                Command(_("Create a key and export it: in a terminal, in PowerShell or in cmd"), lines),
            ],
        ),
        Guide(
            "Kleopatra",
            steps=[
                _("Install Gpg4win from gpg4win.org, and open Kleopatra."),
                _("Choose New Key Pair, enter your name and email address, select the passphrase option, choose OK."),
                _("Enter a passphrase twice. You need it to decrypt."),
                _("Select the new key in the list and choose Export. Save the file, which ends in .asc."),
                _("Double-click the key to see its fingerprint."),
            ],
        ),
    ]


def _in_each_shell(decrypt: str, inside: str) -> list[Command]:
    if inside.endswith(".tar"):
        unpack = f"tar -xf {inside}"
        return [Command(shell, f"{decrypt}\n{unpack}") for shell in ("Linux, macOS", "PowerShell", "cmd")]
    folder = PurePosixPath(inside).stem
    return [
        Command("Linux, macOS", f"{decrypt}\nunzip {inside} -d {folder}"),
        Command("PowerShell", f"{decrypt}\nExpand-Archive {inside}"),
        Command("cmd", f"{decrypt}\nmkdir {folder}\ntar -xf {inside} -C {folder}"),
    ]


def _kleopatra() -> list[str]:
    return [_("Enter the passphrase of your key."), _("Choose Save All.")]


def _gpg_suite(file_name: str) -> list[str]:
    menu = _("In Finder, Control-click %(file)s and choose Services, then OpenPGP: Decrypt File.")
    return [menu % {"file": file_name}, _("Enter the passphrase of your key.")]


def _thunderbird(file_name: str) -> list[str]:
    return [
        _("Send yourself a message with %(file)s attached, and open it.") % {"file": file_name},
        _("Right-click the attachment and choose Decrypt and Save As."),
    ]


def _mailvelope(file_name: str) -> list[str]:
    return [
        _("Open Mailvelope’s dashboard and choose Decrypt."),
        _("Add %(file)s, choose Decrypt, and enter the password of your key.") % {"file": file_name},
        _("Download the decrypted file."),
    ]
