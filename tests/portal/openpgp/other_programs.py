"""OpenPGP programs of others: they create keys for the corpus, and open what Sluice encrypts.

`make audit` downloads them (Makefile, OPENPGP_PACKAGES, and `.ci/package.json`). A program that is missing is an error.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pysequoia

from portal.openpgp.decrypt import decrypt

ROOT = Path(__file__).resolve().parents[3]
PROGRAMS = ROOT / "var/openpgp-programs"
_OPENPGP_JS = ROOT / ".ci/openpgp.mjs"
_SECONDS = 120
Open = Callable[[str, str], bytes]  # of an armored message and a private key without a passphrase


def run(*command: str | Path, given: bytes = b"", at: Path | None = None) -> bytes:
    """Run an unpacked program, with its libraries, and return what it prints."""
    program = PROGRAMS / "usr/bin" / command[0]
    if not program.exists():
        raise RuntimeError(f"{program} is missing: make var/openpgp-programs/.unpacked")
    return _printed([str(program), *map(str, command[1:])], given, _environment(), at)


def openpgp_js(*command: str, given: bytes = b"") -> dict[str, str]:
    """Run OpenPGP for JavaScript: `generate KIND` or `open`."""
    node = Path(sys.executable).with_name("node")
    found: dict[str, str] = json.loads(_printed([str(node), str(_OPENPGP_JS), *command], given, dict(os.environ), None))
    return found


def pgpy(script: str, given: Mapping[str, str]) -> dict[str, str]:
    """Run a script with PGPy, by Debian's Python, for which it is packaged; `given` and `answer` are dicts of texts."""
    program = (
        f"import json, sys, warnings\nwarnings.simplefilter('ignore')\nimport pgpy\n{script}\nprint(json.dumps(answer))"
    )
    packages = PROGRAMS / "usr/lib/python3/dist-packages"
    environment = {**_environment(), "PYTHONPATH": str(packages)}
    source = f"import json, sys, warnings\ngiven = json.load(sys.stdin)\n{program}"
    printed = _printed(["/usr/bin/python3", "-c", source], json.dumps(dict(given)).encode(), environment, None)
    found: dict[str, str] = json.loads(printed)
    return found


def _environment() -> dict[str, str]:
    libraries = sorted({str(path.parent) for path in PROGRAMS.glob("usr/lib/*/*.so*")})
    return {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": ":".join(libraries), "HOME": tempfile.gettempdir()}


def _printed(command: list[str], given: bytes, environment: dict[str, str], at: Path | None) -> bytes:
    done = subprocess.run(
        command, input=given, env=environment, cwd=at, check=False, capture_output=True, timeout=_SECONDS
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout


def _in_folder(work: Callable[[Path], bytes], **files: str) -> bytes:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        for name, content in files.items():
            (Path(folder) / name).write_text(content)
        return work(Path(folder))


def _gnupg(message: str, private_key: str) -> bytes:
    return decrypt(message, private_key=private_key)


def _sequoia(message: str, private_key: str) -> bytes:
    return _in_folder(
        lambda at: run("sq", "decrypt", "--recipient-key", at / "key", at / "m"), m=message, key=private_key
    )


def _sqop(message: str, private_key: str) -> bytes:
    return _in_folder(lambda at: run("sqop", "decrypt", at / "key", given=message.encode()), key=private_key)


def _rnp(message: str, private_key: str) -> bytes:
    def opened(at: Path) -> bytes:
        run("rnpkeys", "--homedir", at, "--import-keys", at / "key")
        return run("rnp", "--homedir", at, "--password", "", "--decrypt", at / "m", "--output", "-")

    return _in_folder(opened, m=message, key=private_key)


def _openpgp_js(message: str, private_key: str) -> bytes:
    given = json.dumps({"message": message, "private_key": private_key}).encode()
    return base64.b64decode(openpgp_js("open", given=given)["plaintext"])


def _pysequoia(message: str, private_key: str) -> bytes:
    key = pysequoia.Tsk.from_bytes(private_key.encode())
    return bytes(pysequoia.decrypt(message.encode(), decryptor=key.decryptor()).bytes or b"")


def _pgpy(message: str, private_key: str) -> bytes:
    script = (
        "import base64\nkey, _ = pgpy.PGPKey.from_blob(given['key'])\n"
        "found = key.decrypt(pgpy.PGPMessage.from_blob(given['message'])).message\n"
        "found = found.encode('latin-1') if isinstance(found, str) else bytes(found)\n"
        "answer = {'plaintext': base64.b64encode(found).decode()}"
    )
    return base64.b64decode(pgpy(script, {"key": private_key, "message": message})["plaintext"])


# gosop of 2022 opens it as well, but prints what it opened as text: it changes line ends and bytes beyond ASCII.
OPENS: dict[str, Open] = {
    "GnuPG": _gnupg,
    "pysequoia": _pysequoia,
    "sq": _sequoia,
    "sqop": _sqop,
    "rnp": _rnp,
    "OpenPGP.js": _openpgp_js,
    "PGPy": _pgpy,
}
IN_THE_ENVIRONMENT = ("GnuPG", "pysequoia")
