"""Shows that a preview goes on: live on a terminal, as plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.events import Event, StepPlanned

if TYPE_CHECKING:
    from rich.console import Console

LINE_EVERY = 100
"""Resources between two lines where no terminal shows the count live."""


@contextmanager
def progress(console: Console) -> Iterator[Callable[[Event], None]]:
    """What to hand to ``preview`` as ``on_event``; nothing stays on a terminal afterwards."""
    if console.is_terminal:
        with console.status("Previewing ...") as status:
            yield _counter(lambda count: status.update(f"Previewing ... {count} resources"), 1)
    else:
        yield _counter(lambda count: console.print(f"Previewing ... {count} resources"), LINE_EVERY)


def _counter(show: Callable[[int], None], every: int) -> Callable[[Event], None]:
    count = 0

    def take(event: Event) -> None:
        nonlocal count
        if isinstance(event, StepPlanned) and event.step.logical:
            count += 1
            if count % every == 0:
                show(count)

    return take
