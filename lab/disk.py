"""Writes what lies on a machine's disk over the host's before its first boot."""

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from lab.topology import File, file

# What a machine must not see of the host's: people's files, keys, settings of services, and what
# the host starts at boot. An opaque folder of an overlay shows only what was written over it.
HIDDEN = (
    "/etc/cron.d",
    "/etc/dnsmasq.d",
    "/etc/la1r",
    "/etc/rcS.d",
    "/etc/rc2.d",
    "/etc/ssh",
    "/etc/sysctl.d",
    "/etc/ufw",
    "/etc/wireguard",
    "/home",
    "/root",
    "/var/lib/la1r",
    "/var/lib/misc",
)
_OPAQUE = "trusted.overlay.opaque"
_SCRIPTS = Path(__file__).parent / "scripts"
# Name in the machine's /lab -> script of this room.
_OWN_SCRIPTS = {"init": "init.sh", "ask": "ask.sh", "lease": "lease.sh"}


def write_disk(disk: Path, files: Iterable[File]) -> None:
    """Make the folders of an overlay and put files into its upper one.

    Only before the first boot: a change under a mounted overlay is undefined.
    """
    for folder in ("upper", "work", "root"):
        (disk / folder).mkdir(parents=True)
    for hidden in HIDDEN:
        folder_above = _inside(disk, PurePosixPath(hidden))
        folder_above.mkdir(parents=True)
        os.setxattr(folder_above, _OPAQUE, b"y")
    for written in files:
        _write(_inside(disk, written.path), written)


def read_own_scripts() -> tuple[File, ...]:
    """Read the scripts that every machine has in /lab."""
    return tuple(
        file(f"/lab/{name}", (_SCRIPTS / script).read_text(encoding="utf-8"), 0o755)
        for name, script in _OWN_SCRIPTS.items()
    )


def describe_host(name: str) -> tuple[File, ...]:
    """Give the files that say who a machine is, in place of the host's own."""
    return (
        file("/etc/hostname", f"{name}\n"),
        file("/etc/hosts", f"127.0.0.1 localhost\n127.0.1.1 {name}\n"),
        file("/etc/resolv.conf", ""),
    )


def _inside(disk: Path, path: PurePosixPath) -> Path:
    return disk / "upper" / path.relative_to("/")


def _write(place: Path, written: File) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch(mode=0o600)
    place.write_text(written.text, encoding="utf-8")
    place.chmod(written.mode)
