"""Keeps a second run away from a state file while one changes it; previews take no lock."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.problems import StateError


def lock_path(state: Path) -> Path:
    """Where the lock of a state file lies: beside it."""
    return state.with_name(f"{state.name}.lock")


@contextmanager
def locked(state: Path) -> Iterator[None]:
    """Hold the lock of a state file. Raises StateError when another run holds it."""
    path = lock_path(state)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise StateError(
            f"'{state}' is being changed by {_holder(path)}; if that run is gone, delete '{path}'"
        ) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"pid": os.getpid(), "host": socket.gethostname()}, file)
        yield
    finally:
        path.unlink(missing_ok=True)


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text("utf-8"))
        return f"the process {holder['pid']} on {holder['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another run"
