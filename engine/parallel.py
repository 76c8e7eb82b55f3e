"""Does several things at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor


def in_parallel(tasks: Sequence[Callable[[], None]], limit: int) -> None:
    """Do all tasks, so many at a time; returns when every one has ended."""
    if limit == 1 or len(tasks) == 1:
        for task in tasks:
            task()
        return
    with ThreadPoolExecutor(max_workers=limit) as pool:
        for done in [pool.submit(task) for task in tasks]:
            done.result()
