"""Keeps a second run away from a state file while one changes it; previews take no lock."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.problems import StateError


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
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockedError(
                f"'{state}' is being changed by {_holder(file.read())}; wait until that has ended"
            ) from error
        file.truncate()
        json.dump({"pid": os.getpid(), "host": socket.gethostname()}, file)
        file.flush()
        yield


def _holder(text: str) -> str:
    try:
        holder = json.loads(text)
        return f"the process {holder['pid']} on {holder['host']}"
    except (ValueError, KeyError, TypeError):
        return "another run"
