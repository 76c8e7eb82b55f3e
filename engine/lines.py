"""Turns what a program prints into whole lines."""

from __future__ import annotations

import io
from collections.abc import Callable


class Lines(io.TextIOBase):
    """A text stream that hands each finished line on."""

    def __init__(self, take: Callable[[str], None]) -> None:
        super().__init__()
        self._take = take
        self._rest = ""

    def writable(self) -> bool:
        """It takes text."""
        return True

    def write(self, text: str) -> int:
        """Hand on each line the text ends."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._take(line)
        return len(text)

    def close(self) -> None:
        """Hand on what has no line end."""
        if self._rest:
            self._take(self._rest)
            self._rest = ""
        super().close()
