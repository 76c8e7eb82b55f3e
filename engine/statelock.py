"""Keeps a second run away from a state file while one changes it; previews take no lock."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.problems import StateError

PAUSES = (0.05, 0.1, 0.2, 0.4)
"""Seconds between tries to take the lock."""


class LockedError(StateError):
    """Another run changes the state."""


def lock_path(state: Path) -> Path:
    """Where the lock of a state file lies: beside it."""
    return state.with_name(f"{state.name}.lock")


@contextmanager
def locked(state: Path) -> Iterator[None]:
    """Hold the lock of a state file. Raises LockedError when another run holds it.

    The lock is the kernel's, so it ends with the process, however that ends. The file stays and
    says who held it last.
    """
    handle = os.open(lock_path(state), os.O_CREAT | os.O_RDWR, 0o600)
    with os.fdopen(handle, "r+", encoding="utf-8") as file:
        if not _is_taken(file.fileno()):
            raise LockedError(
                f"The stack is being changed by {_holder(file.read())}, which holds "
                f"'{lock_path(state)}'. Wait until that has ended, and run again."
            )
        file.truncate()
        json.dump({"pid": os.getpid(), "host": socket.gethostname()}, file)
        file.flush()
        yield


def _is_taken(handle: int) -> bool:
    """Take the lock, now or in a moment.

    A command that was just being started when its run was killed holds the lock until it runs.
    """
    for pause in (*PAUSES, None):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if pause is not None:
                time.sleep(pause)
        else:
            return True
    return False


def _holder(text: str) -> str:
    try:
        holder = json.loads(text)
        return f"the process {holder['pid']} on {holder['host']}"
    except (ValueError, KeyError, TypeError):
        return "another run"
