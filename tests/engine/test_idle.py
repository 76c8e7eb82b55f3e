"""A loop is told from one that waits for ever by who could still wake it."""

import os
import selectors
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.idle import IdleSelector, StuckError

SECONDS = 10.0


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)
    os.close(writing)


@contextmanager
def a_thread_at_work() -> Iterator[None]:
    """Another thread of this process, which has to do with no loop."""
    end = threading.Event()
    thread = threading.Thread(target=end.wait, args=(SECONDS,))
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def test_a_loop_that_nobody_can_wake_is_stuck(pipe: tuple[int, int]) -> None:
    with a_thread_at_work(), IdleSelector() as selector:
        selector.register(pipe[0], selectors.EVENT_READ)

        with pytest.raises(StuckError):
            selector.select()


def test_a_loop_waits_for_its_own_thread_when_one_from_before_has_ended(
    pipe: tuple[int, int],
) -> None:
    with a_thread_at_work():
        selector = IdleSelector()
    selector.register(pipe[0], selectors.EVENT_READ)
    waker = threading.Timer(0.1, os.write, (pipe[1], b"x"))
    waker.start()
    try:
        assert selector.select()
    finally:
        waker.join()
        selector.close()
