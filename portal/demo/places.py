"""Where the demo keeps what: everything under one folder, except the emulated AWS, which is not the portal's."""

import hashlib
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from portal.secret_store import key_file

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Places:
    """The files and folders of one demo, below `root`."""

    root: Path

    @property
    def aws(self) -> Path:
        """What the emulated AWS remembers between two starts: in the temporary folder, for its owner only.

        AWS knows every secret access key, so its memory holds them; the portal's own state, below `root`, never does.
        """
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"sluice-demo-aws-{os.getuid()}-{name}"

    @property
    def logs(self) -> Path:
        """The folder with one log a process."""
        return self.root / "log"

    @property
    def portal_key(self) -> Path:
        """The portal's own access key in the vendor's account, as JSON."""
        return self.root / "portal-access-key.json"

    @property
    def vendor_certificate(self) -> Path:
        """The vendor's public delivery key, to which every access key is sealed as well."""
        return self.root / "vendor" / "delivery-key.asc"

    @property
    def vendor_private_key(self) -> Path:
        """Its private half, which the simulated building alone reads."""
        return self.root / "vendor" / "private.asc"

    @property
    def vendor_token(self) -> Path:
        """The API token of the simulated building, which it alone reads."""
        return self.root / "vendor" / "api-token"

    @property
    def fabrikam(self) -> Path:
        """The client's own OpenPGP key and the packages of its devices, which the simulated devices alone read."""
        return self.root / "fabrikam"

    @property
    def sender_key(self) -> Path:
        """The access key with which the simulated building assumes producers' roles, as JSON."""
        return self.root / "vendor" / "sender-access-key.json"

    @property
    def situation(self) -> Path:
        """The switch of the simulated building, as JSON: what goes wrong in it; none while all is normal."""
        return self.root / "situation.json"

    @property
    def aws_environment(self) -> Path:
        """How to reach the emulated AWS of the demo that runs now, as JSON."""
        return self.root / "aws-environment.json"

    def log(self, name: str) -> Path:
        """Return the log of a process."""
        return self.logs / f"{name}.log"


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone may read; at no moment can anybody else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def secret_key(places: Places) -> str:
    """Return Django's secret key of this demo, created at its first start."""
    file = places.root / "secret-key"
    if not file.exists():
        write_private(file, secrets.token_urlsafe(48))
    return file.read_text(encoding="utf-8")


def encryption_keys(places: Places) -> Path:
    """Return the file with the keys of this demo's secret store, created at its first start."""
    file = places.root / "encryption-keys"
    if not file.exists():
        write_private(file, f"{key_file.new_line()}\n")
    return file


def open_world(places: Places, *, fresh: bool) -> str | None:
    """Get the state ready for a start: kept if the portal's and AWS's belong together, else erased.

    Returns the sentence to print when state was erased without a request.
    """
    had_state = _stamp(places.root) is not None
    if not fresh and had_state and _belong_together(places):
        (places.aws / "open").touch()
        return None
    _erase(places)
    stamp = secrets.token_hex(8)
    for folder in (places.root, places.aws):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "world").write_text(stamp, encoding="utf-8")
    places.aws.chmod(0o700)
    (places.aws / "open").touch()
    if fresh or not had_state:
        return None
    return (
        "The last demo was not stopped cleanly, or its emulated AWS is gone, so the portal would list resources that "
        "do not exist. Starting with new state."
    )


def close_world(places: Places) -> None:
    """Note that everything was stopped in good order, so that the next start may continue from here."""
    places.aws_environment.unlink(missing_ok=True)
    (places.aws / "open").unlink(missing_ok=True)


def _belong_together(places: Places) -> bool:
    return _stamp(places.root) == _stamp(places.aws) and not (places.aws / "open").exists()


def _stamp(folder: Path) -> str | None:
    file = folder / "world"
    ours = file.exists() and file.stat().st_uid == os.getuid()
    return file.read_text(encoding="utf-8") if ours else None


def _erase(places: Places) -> None:
    shutil.rmtree(places.aws, ignore_errors=True)
    for path in places.root.iterdir() if places.root.exists() else ():
        if path.name == "lock":
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
