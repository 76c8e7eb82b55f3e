"""Notices a program that waits for itself, which would wait for ever."""

from __future__ import annotations

import selectors
import threading


class StuckError(Exception):
    """Nothing can happen any more, and the program has not ended."""

    def __init__(self) -> None:
        super().__init__(
            "the program waits for itself: somewhere a resource needs the output of another one "
            "that needs its own (a cyclic dependency)"
        )


class IdleSelector(selectors.DefaultSelector):
    """A selector that refuses to wait when nothing is left that could end the waiting.

    The event loop waits without a limit only when it has neither work nor timers. If it also
    watches nothing but its own wake-up pipe, only another thread could wake it: one that was
    started since, for those that were there before do not know this loop, and may end meanwhile.
    """

    def __init__(self) -> None:
        super().__init__()
        self._strangers = frozenset(threading.enumerate())

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for an event. Raises StuckError when there can be none."""
        alone = len(self.get_map()) <= 1 and self._strangers.issuperset(threading.enumerate())
        if timeout is None and alone:
            ready = super().select(0)
            if not ready:
                raise StuckError
            return ready
        return super().select(timeout)
