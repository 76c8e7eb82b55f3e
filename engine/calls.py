"""Runs the SDK's calls to the engine where they are made, or side by side in threads."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

# The SDK wraps every call to the engine, and nothing else, in a function of this module.
_WRAPPER = "pulumi.runtime._context"


class CallExecutor(ThreadPoolExecutor):
    """An executor for an event loop whose engine lives in the same process.

    A preview answers at once, so a thread would only cost two switches a call. What a program
    itself sends to the executor may take its time, and gets a thread.
    """

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Run an engine call now, anything else in a thread."""
        if getattr(fn, "__module__", None) != _WRAPPER:
            return super().submit(fn, *args, **kwargs)
        return self.answer(lambda: fn(*args, **kwargs))

    def answer(self, call: Callable[[], _T]) -> Future[_T]:
        """What an engine call comes to."""
        future: Future[_T] = Future()
        try:
            future.set_result(call())
        except Exception as error:  # noqa: BLE001  # it is raised where the result is asked for
            future.set_exception(error)
        return future


def _answer(future: Future[_T], call: Callable[[], _T]) -> None:
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001  # the SDK ends a program by SystemExit
        future.set_exception(error)
    else:
        future.set_result(result)


class WaitingCallExecutor(CallExecutor):
    """The same where a call makes a resource and takes its time: each gets a thread of its own.

    The threads end with their calls, and only after their answers have arrived: a program without
    threads waits for nothing, and is known to wait for itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self._calls: list[threading.Thread] = []

    def answer(self, call: Callable[[], _T]) -> Future[_T]:
        """What an engine call will come to."""
        future: Future[_T] = Future()
        future.set_running_or_notify_cancel()  # a step that has begun is not taken back

        def work() -> None:
            # A program that has ended takes no answers: its loop is closed.
            with contextlib.suppress(RuntimeError):
                _answer(future, call)

        thread = threading.Thread(target=work)
        self._calls = [each for each in self._calls if each.is_alive()]
        self._calls.append(thread)
        thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the pool; waiting means to wait for the calls as well."""
        if wait:
            for thread in self._calls:
                thread.join()
        super().shutdown(wait, cancel_futures=cancel_futures)
