"""Locks that runs of the Pulumi CLI took: whose they are, and whether those runs still live.

A self-managed backend keeps a lock as a file, which stays behind when its run is killed. The CLI
says who took it and asks for a judgement; here it is made, and only where it can be made for sure.
"""

import os
import re
import socket
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

# The CLI's own words, of one line each. It shows when a lock was taken in RFC 3339.
_REFUSAL = re.compile(r"the stack is currently locked by \d+ lock")
_HOLDER = re.compile(
    r"created by (?P<user>\S*)@(?P<host>\S+) \(pid (?P<process>\d+)\) at (?P<since>\S+)$",
    re.MULTILINE,
)
_PROGRAM = "pulumi"
_PROCESSES = Path("/proc")
# proc_ns.h of Linux: the namespaces of the machine itself, and not of a container on it.
_NAMES_OF_MACHINE = "uts:[4026531838]"
_NUMBERS_OF_MACHINE = "pid:[4026531836]"
# Whoever drives a CLI and is killed takes it along with its next word, which it says each second.
DYING_SECONDS = 3.0
_PAUSE_SECONDS = 0.1


class Fate(StrEnum):
    """What became of a run that took a lock."""

    GONE = "gone"
    LIVES = "lives"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Holder:
    """A run of the CLI that took a lock."""

    user: str
    host: str
    process: int
    since: str

    def __str__(self) -> str:
        return f"{self.user}@{self.host} (process {self.process}, since {self.since})"


def is_of_refusal(line: str) -> bool:
    """Whether a line is one of those by which the CLI refuses to work on a locked stack."""
    return bool(_REFUSAL.search(line) or _HOLDER.search(line))


def read_holders(text: str) -> tuple[Holder, ...]:
    """Whom the CLI names where it refuses; nobody where the backend is none with files."""
    return tuple(
        Holder(found["user"], found["host"], int(found["process"]), found["since"])
        for found in _HOLDER.finditer(text)
    )


def await_fate(holder: Holder, seconds: float = DYING_SECONDS) -> Fate:
    """What became of a run, after a moment in which one that is ending may end."""
    end = time.monotonic() + seconds
    while (fate := find_fate(holder)) is Fate.LIVES and time.monotonic() < end:
        time.sleep(_PAUSE_SECONDS)
    return fate


def find_fate(holder: Holder) -> Fate:
    """What became of a run; one on another machine cannot be judged from here.

    A number that another program has by now is no proof of life. When that one began is not asked:
    a small computer's clock may have been wrong when the lock was taken.
    """
    if holder.host != socket.gethostname() or _shares_its_name():
        return Fate.UNKNOWN
    if _exists(holder.process) and not _is_another(holder.process):
        return Fate.LIVES
    return Fate.LIVES if any(_runs_as(holder.process)) else Fate.GONE


def say_left_behind(holders: Collection[Holder]) -> str:
    """That locks of dead runs are taken away."""
    whose = " and ".join(map(str, holders))
    return (
        f"The last run of the Pulumi CLI was ended before it gave its lock back: {whose} is gone, "
        "so the lock is taken away."
    )


def say_refusal(stack: str, fates: Mapping[Holder, Fate]) -> str:
    """Who stands in the way, and the way out."""
    return "\n".join(_say_who(stack, holder, fate) for holder, fate in fates.items())


def _say_who(stack: str, holder: Holder, fate: Fate) -> str:
    match fate:
        case Fate.LIVES:
            return (
                f"The stack {stack} is being changed by {holder}, so nothing of it was changed "
                "here. Wait until that has ended, and run again."
            )
        case Fate.UNKNOWN:
            return (
                f"The stack {stack} is locked by {holder}, so nothing of it was changed here. "
                "Whether that still runs cannot be seen from here: look there. Wait until it has "
                f"ended, or take the lock of a dead one away by `pulumi cancel --stack {stack}`; "
                "then run again."
            )
        case Fate.GONE:
            return f"{holder} left a lock behind and is gone."


def _shares_its_name() -> bool:
    """Whether this is a container with the name of its machine, but only its own processes.

    Then another container of that name may run what is not seen here.
    """
    try:
        names, numbers = (str(Path("/proc/self/ns", kind).readlink()) for kind in ("uts", "pid"))
    except OSError:
        return False
    return names == _NAMES_OF_MACHINE and numbers != _NUMBERS_OF_MACHINE


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_another(process: int) -> bool:
    """Whether a process that exists is another program, or a dead one that nobody collects."""
    status = _read_status(_PROCESSES / str(process))
    return bool(status) and not _is_alive_cli(status)


def _runs_as(process: int) -> Iterator[bool]:
    """For each CLI that runs here, whether it has that number, be it in a container."""
    for folder in _PROCESSES.glob("[0-9]*"):
        status = _read_status(folder)
        if _is_alive_cli(status):
            yield str(process) in status.get("NSpid", "").split()


def _is_alive_cli(status: dict[str, str]) -> bool:
    return _PROGRAM in status.get("Name", "") and status.get("State", "")[:1] not in ("Z", "X")


def _read_status(folder: Path) -> dict[str, str]:
    """What the kernel tells of a process; nothing where it does not tell, or of one that ended."""
    try:
        lines = (folder / "status").read_text(errors="replace").splitlines()
    except OSError:
        return {}
    pairs = (line.partition(":") for line in lines)
    return {name: value.strip() for name, _, value in pairs}
