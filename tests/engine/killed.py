"""Deploys or destroys a stack, and is killed when the state is written for the n-th time.

Arguments: the stack's folder, `up` or `destroy`, n, and `before` or `after` the write.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import engine.crypter
import engine.journal
from engine.statefile import replace_file
from tests.engine.stack import FEW_ROUNDS, Stack


class _Killer:
    """Stands in the place of the function that writes the state."""

    def __init__(self, number: int, moment: str) -> None:
        self._left = number
        self._moment = moment

    def __call__(self, path: Path, text: str) -> None:
        self._left -= 1
        if self._left == 0 and self._moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        replace_file(path, text)
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def main(folder: str, verb: str, number: str, moment: str) -> None:
    """Run until killed, or to the end where the state is written less often."""
    engine.crypter.ROUNDS = FEW_ROUNDS
    engine.journal.replace_file = _Killer(int(number), moment)  # type: ignore[attr-defined]  # it is imported there
    stack = Stack(Path(folder))
    result = stack.up() if verb == "up" else stack.destroy()
    sys.exit(not result.ok)


if __name__ == "__main__":
    main(*sys.argv[1:])
