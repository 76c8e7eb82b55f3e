"""Runs the SDK's calls to the engine where they are made, and all else in threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

# The SDK wraps every call to the engine, and nothing else, in a function of this module.
_WRAPPER = "pulumi.runtime._context"


class CallExecutor(ThreadPoolExecutor):
    """An executor for an event loop whose engine lives in the same process.

    The engine answers at once, so a thread would only cost two switches a call. What a program
    itself sends to the executor may take its time, and gets a thread.
    """

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Run an engine call now, anything else in a thread."""
        if getattr(fn, "__module__", None) != _WRAPPER:
            return super().submit(fn, *args, **kwargs)
        future: Future[_T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  # it is raised where the result is asked for
            future.set_exception(error)
        return future
