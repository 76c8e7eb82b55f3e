"""Ends work that is going on in other threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Cancellation:
    """A wish that work be given up; once said, it stays."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._stops: list[Callable[[], None]] = []

    @property
    def wanted(self) -> bool:
        """Whether the work shall be given up."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep, but not past the wish; whether it was said."""
        return self._event.wait(seconds)

    def cancel(self) -> None:
        """Say the wish, and end whatever left word how."""
        with self._lock:
            self._event.set()
            stops = list(self._stops)
        for stop in stops:
            stop()

    @contextmanager
    def ended_by(self, stop: Callable[[], None]) -> Iterator[None]:
        """While the block runs, call ``stop`` from another thread when the wish is said.

        It is called at once where the wish has been said before.
        """
        with self._lock:
            self._stops.append(stop)
            late = self._event.is_set()
        try:
            if late:
                stop()
            yield
        finally:
            with self._lock:
                self._stops.remove(stop)
