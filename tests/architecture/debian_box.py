"""A Debian of its own for a test: this machine's files with a layer above them, its own systemd, and its own network.

What is installed, created and started inside is gone when it is closed, and is seen by no one else. It needs root, the
namespaces of the kernel, and a machine that runs Debian. https://www.kernel.org/doc/html/latest/filesystems/overlayfs.html
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import wait_for

SYSTEMD = Path("/lib/systemd/systemd")
PROGRAMS = ("unshare", "nsenter", "setpriv", "apt-get", "ip")
# The layer is in memory: an installed release and Debian's packages take a good gigabyte.
LAYER = "size=5g"
_NAMESPACES = ("--mount", "--pid", "--net", "--ipc", "--uts", "--cgroup")
_ENTER = f"""
set -eu
mount -t tmpfs -o {LAYER} tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
cd "$1/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup || true
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount --rbind /dev dev
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
ip link set lo up
rm -f usr/sbin/policy-rc.d  # images for Docker have it, so that no package starts a service
mkdir before
pivot_root . before  # and not chroot, in which no user namespace can be made
umount -l /before
rmdir /before
mount --make-rshared /  # as systemd does outside containers: it shows credentials to units by a mount
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=test {SYSTEMD} --system --unit=multi-user.target
"""


def lacking() -> str:
    """Return what this machine lacks for a box, or nothing."""
    if os.geteuid():
        return "root"
    if "ID=debian" not in Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        return "Debian"
    if "overlay" not in Path("/proc/filesystems").read_text(encoding="utf-8").split():
        return "overlayfs"
    missing = [name for name in PROGRAMS if not shutil.which(name)] + ([] if SYSTEMD.exists() else ["systemd"])
    if missing:
        return ", ".join(missing)
    tried = subprocess.run(["unshare", *_NAMESPACES, "--fork", "true"], capture_output=True, check=False, timeout=30)
    return "" if tried.returncode == 0 else "the right to make namespaces"


@dataclass(frozen=True, slots=True)
class Box:
    """A running Debian; `pid` is its systemd's."""

    pid: int

    def run(self, script: str, *, online: bool = False, cwd: str = "/", seconds: int = 300) -> str:
        """Run a script of bash as root and return what it prints, with errors; `online` with this machine's network.

        Raises CalledProcessError with that as its output.
        """
        entered = [name for name in _NAMESPACES if not (online and name == "--net")]
        place = [f"--root=/proc/{self.pid}/root", f"--wd=/proc/{self.pid}/root{cwd}"]
        command = ["nsenter", f"--target={self.pid}", *entered, *place, "bash", "-euo", "pipefail", "-c", script]
        environment = {"PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
        done = subprocess.run(
            command,
            env=environment | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, script, done.stdout)
        return done.stdout


@contextmanager
def opened(folder: Path) -> Iterator[Box]:
    """Yield a box whose systemd has started; end everything in it afterwards."""
    folder.mkdir()
    # A test run that is killed takes the box along.
    command = [
        "setpriv",
        "--pdeathsig=KILL",
        "unshare",
        *_NAMESPACES,
        "--fork",
        "--kill-child",
        "sh",
        "-c",
        _ENTER,
        "enter",
        str(folder),
    ]
    with (folder.parent / "box.log").open("wb") as log:
        outer = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
        wait_for(lambda: children.read_text().split() and _is_systemd(children), 30, "the start of systemd")
        box = Box(int(children.read_text().split()[0]))
        wait_for(lambda: _has_started(box), 60, "the end of systemd's start")
        yield box
    finally:
        outer.kill()  # and with it, by --kill-child, everything inside
        outer.wait(30)


def _is_systemd(children: Path) -> bool:
    return Path(f"/proc/{children.read_text().split()[0]}/comm").read_text().strip() == "systemd"


def _has_started(box: Box) -> bool:
    try:
        return box.run("systemctl is-system-running --wait || true").strip() in {"running", "degraded"}
    except subprocess.CalledProcessError:
        return False


if __name__ == "__main__":  # to look around in one: python -m tests.architecture.debian_box FOLDER
    with opened(Path(sys.argv[1])) as found:
        print(found.pid, flush=True)
        input()
