"""What an interrupt means while something is changed: first a wish, then an order."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType

from engine.cancellation import Cancellation


class Interrupts:
    """Counts interrupts from the terminal, or requests to end, while the block runs.

    The first one calls ``stop``; the second one cancels, and ends the program where it is.
    """

    def __init__(self, stop: Callable[[], None], cancellation: Cancellation) -> None:
        self.count = 0
        self._stop = stop
        self._cancellation = cancellation
        self._usual: list[tuple[signal.Signals, object]] = []

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._usual.append((number, signal.signal(number, self._take)))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, usual in self._usual:
            signal.signal(number, usual)  # type: ignore[arg-type]  # it came from there

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        # In a thread, as the lock it needs may be held by what was interrupted.
        if self.count == 1:
            threading.Thread(target=self._stop).start()
        elif self.count == 2:
            threading.Thread(target=self._cancellation.cancel).start()
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def last_word(self) -> Iterator[None]:
        """Let the order to stop end the block, and nothing else."""
        with contextlib.suppress(KeyboardInterrupt):
            yield
