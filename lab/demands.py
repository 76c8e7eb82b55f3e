"""Finds out what this computer lacks for a router lab, all at once."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which

from lab.errors import LabUnavailableError

# Program -> Debian package.
PROGRAMS = {
    "busybox": "busybox",
    "dnsmasq": "dnsmasq-base",
    "ip": "iproute2",
    "mount": "mount",
    "nft": "nftables",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
    "ssh": "openssh-client",
    "sshd": "openssh-server",
    "sysctl": "procps",
    "unshare": "util-linux",
    "wg": "wireguard-tools",
    "wireguard-go": "wireguard-go",
}
# Debian keeps many of them where an ordinary user's PATH does not look.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Bits of capabilities(7) that root lacks in most containers.
CAPABILITIES = {"CAP_NET_ADMIN": 12, "CAP_SYS_ADMIN": 21, "CAP_MKNOD": 27}


def require_lab() -> None:
    """Raise LabUnavailableError if a lab cannot run here."""
    if lacks := find_lacks():
        raise LabUnavailableError(lacks)


def find_lacks() -> tuple[str, ...]:
    """List what has to be there first, as sentences; nothing if a lab can run."""
    return (*_find_missing_rights(), *_find_missing_programs(), *_find_missing_kernel_parts())


def _find_missing_rights() -> Iterator[str]:
    if os.geteuid() != 0:
        yield "it has to be started by root, because it makes network namespaces"
        return
    status = Path("/proc/self/status").read_text(encoding="ascii")
    held = int(status.partition("CapEff:")[2].split()[0], 16)
    missing = [name for name, bit in CAPABILITIES.items() if not held >> bit & 1]
    if missing:
        yield f"root lacks {', '.join(missing)} here (a container without privileges?)"


def _find_missing_programs() -> Iterator[str]:
    missing = [program for program in PROGRAMS if which(program, path=PATH) is None]
    if missing:
        packages = sorted({PROGRAMS[program] for program in missing})
        yield f"{', '.join(missing)} not found: apt-get install {' '.join(packages)}"
    if "busybox" not in missing and not _has_dhcp_client():
        yield "this busybox has no udhcpc: apt-get install busybox"


def _has_dhcp_client() -> bool:
    busybox = which("busybox", path=PATH) or "busybox"
    listed = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=False)
    return "udhcpc" in listed.stdout.split()


def _find_missing_kernel_parts() -> Iterator[str]:
    # A file system that is a module is listed only once it is loaded; mounting loads it.
    overlay = "overlay" in Path("/proc/filesystems").read_text(encoding="ascii").split()
    module = Path("/lib/modules", os.uname().release, "kernel/fs/overlayfs")
    if not overlay and not module.exists():
        yield "the kernel has no overlay file system"
    if not Path("/dev/net/tun").exists():
        yield "there is no /dev/net/tun (modprobe tun)"
