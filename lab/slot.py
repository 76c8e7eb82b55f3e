"""Claims what a lab takes from the host (number, folder, management network) and gives it back."""

import fcntl
import json
import os
import select
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from lab.commands import check_command
from lab.errors import LabError

# Process numbers and mounts are worth nothing after a boot of the host, and /run is empty then.
RUNS = Path("/run/la1r-lab")
# RFC 2544 sets 198.18.0.0/15 apart for laboratories. Lab 7 manages its machines in 198.18.7.0/24.
MANAGEMENT_POOL = IPv4Network("198.18.0.0/16")
NUMBERS = range(256)
DEATH_SECONDS = 10
MAKER, KEEPER = "maker", "keeper"


class NoSlotError(LabError):
    """Every number is taken by another lab, or its network by the host itself."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One lab's share of the host."""

    number: int
    folder: Path

    @property
    def network(self) -> IPv4Network:
        """The management network; its first address is the host's."""
        base = int(MANAGEMENT_POOL.network_address) + (self.number << 8)
        return IPv4Network((base, 24))

    @property
    def interface(self) -> str:
        """The only thing that a lab adds to the host's own network."""
        return f"la1r-lab{self.number}"

    @property
    def disks(self) -> Path:
        """The folder over which the lab mounts what only its own processes see."""
        return self.folder / "disks"

    def note(self, role: str, pid: int) -> None:
        """Write down a process: the maker, or the keeper that is to be ended if the maker cannot.

        A number alone may be given to another process later; the time of its start tells.
        """
        (self.folder / role).write_text(f"{pid} {_read_status(pid)[1]}", encoding="ascii")


@contextmanager
def claim_slot() -> Iterator[Slot]:
    """Hold a free number until the block is left; remove first what dead makers left behind.

    Raises NoSlotError if there is none.
    """
    with _only_one_claims():
        _sweep()
        slot = _find_free()
        slot.disks.mkdir(parents=True)
        slot.note(MAKER, os.getpid())
    try:
        yield slot
    finally:
        # Under the lock, lest a sweep takes the half-removed folder for an abandoned one.
        with _only_one_claims():
            _clear(slot)


def sweep() -> tuple[int, ...]:
    """Remove every lab whose maker is dead, and give their numbers."""
    with _only_one_claims():
        return _sweep()


def _sweep() -> tuple[int, ...]:
    found = [_slot(int(folder.name)) for folder in RUNS.iterdir() if folder.name.isdecimal()]
    dead = [slot for slot in found if _find_process(slot, MAKER) is None]
    for slot in dead:
        _clear(slot)
    return tuple(sorted(slot.number for slot in dead))


@contextmanager
def _only_one_claims() -> Iterator[None]:
    RUNS.mkdir(mode=0o700, exist_ok=True)
    with (RUNS / "lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _slot(number: int) -> Slot:
    return Slot(number, RUNS / str(number))


def _find_free() -> Slot:
    taken = _list_host_networks()
    for slot in map(_slot, NUMBERS):
        in_use = slot.folder.exists() or Path("/sys/class/net", slot.interface).exists()
        if not in_use and not any(slot.network.overlaps(network) for network in taken):
            return slot
    raise NoSlotError(
        f"None of the {len(NUMBERS)} networks of {MANAGEMENT_POOL} is free for a lab. "
        "`python -m lab sweep` removes labs whose maker is dead."
    )


def _list_host_networks() -> list[IPv4Network]:
    routes = json.loads(check_command("host", ["ip", "-j", "-4", "route", "show", "table", "all"]))
    return [IPv4Network(route["dst"]) for route in routes if route["dst"] != "default"]


def _clear(slot: Slot) -> None:
    """Remove a lab in any state; the kernel takes away what its processes alone could see."""
    _end_keeper(slot)
    if Path("/sys/class/net", slot.interface).exists():
        with suppress(LabError):  # it goes by itself a moment after the lab's processes
            check_command("host", ["ip", "link", "delete", slot.interface])
    shutil.rmtree(slot.folder)


def _end_keeper(slot: Slot) -> None:
    with suppress(ProcessLookupError):
        if (pid := _find_process(slot, KEEPER)) is None:
            return
        descriptor = os.pidfd_open(pid)
        try:
            # Looked at again: the number is now held, so what it names cannot change any more.
            if _find_process(slot, KEEPER) is not None:
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                # Readable once the process has ended, and all of its namespace before it.
                select.select([descriptor], [], [], DEATH_SECONDS)
        finally:
            os.close(descriptor)


def _find_process(slot: Slot, role: str) -> int | None:
    """Give the number of a process that was written down, if it is still the same process."""
    try:
        pid, started = (slot.folder / role).read_text(encoding="ascii").split()
        state, start = _read_status(int(pid))
        # A zombie has ended, though nobody has asked how.
        return int(pid) if start == started and state not in "ZX" else None
    # Not written yet when its maker was killed, or only in part; or ended by now.
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return None


def _read_status(pid: int) -> tuple[str, str]:
    """Read state and start time, fields 3 and 22 of proc_pid_stat(5).

    They are counted from the end of field 2, a name that may hold anything.
    """
    status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    fields = status.rpartition(")")[2].split()
    return fields[0], fields[19]
