"""The commands of docs/server.md, as they stand there, and how they are executed in a Debian of their own."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.debian_box import Box
from tests.architecture.tree import ROOT

PAGE = ROOT / "docs" / "server.md"
RELEASE = "/usr/src/sluice"
# What a block leaves to the next in its reader's shell: umask, variables, folder.
SESSION = "/run/session"
# What a new machine has not: the walk installs these itself.
PACKAGES = "'postgresql*' redis-server redis-tools nginx nginx-common"
_PID = re.compile(r"^(\d+)\n(\S+)$", re.MULTILINE)
_FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """Some commands, and the heading under which they are."""

    section: str
    text: str

    @property
    def is_online(self) -> bool:
        """Return whether packages are downloaded: then this machine's network is used, and no server is started."""
        return "apt-get" in self.text or " install --quiet --require-hashes" in self.text


def blocks() -> Iterator[Block]:
    """Yield every block of commands of the page, in its order."""
    for part in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        section, _, rest = part.partition("\n")
        for found in _FENCE.finditer(rest):
            yield Block(section, found["text"])


@dataclass
class Server:
    """A Debian in which the commands of the page are executed, section by section."""

    box: Box
    done: int = 0

    def walk(self, *, before: str = "", but: Block | None = None) -> None:
        """Execute the blocks that are not yet executed, up to a section or to the end; `but` one was executed."""
        for block in list(blocks())[self.done :]:
            if block.section == before:
                return
            if block != but:
                execute(self.box, block)
            self.done += 1

    def repeat(self, section: str) -> None:
        """Execute the blocks of a section again."""
        for block in blocks():
            if block.section == section:
                execute(self.box, block)

    def pids(self) -> dict[str, int]:
        """Return the main process of every running unit of Sluice."""
        printed = self.box.run("systemctl show --property Id,MainPID --value --state running 'sluice-*.service'")
        return {unit: int(pid) for pid, unit in _PID.findall(printed)}


def prepare(box: Box) -> None:
    """Make the box a new machine with the release unpacked: the files of this checkout, whether committed or not."""
    box.run(f"apt-get purge --yes {PACKAGES} && apt-get update", online=True)
    listed = _output("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    target = Path(f"/proc/{box.pid}/root{RELEASE}")
    target.mkdir(parents=True)
    files = _output("tar", "--create", "--null", "--files-from=-", given=listed)
    subprocess.run(["tar", "--extract", "--no-same-owner"], cwd=target, input=files, check=True, timeout=60)


def _output(*command: str, given: bytes = b"") -> bytes:
    return subprocess.run(command, cwd=ROOT, input=given, capture_output=True, check=True, timeout=60).stdout


def execute(box: Box, block: Block) -> str:
    """Execute a block as its reader would, in one shell that begins in the folder with the release; return its output.

    A network cannot be changed in a running shell, so each block has a new one with the state of the last.
    """
    before = f"if [ -e {SESSION} ]; then . {SESSION}; fi"
    after = f"{{ umask -p; export -p; printf 'cd %q\\n' \"$PWD\"; }} > {SESSION}"
    return box.run(f"{before}\n{block.text}\n{after}", online=block.is_online, cwd=RELEASE, seconds=600)
