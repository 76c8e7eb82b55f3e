"""How a run carries out its steps: as a preview or in truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.executor import Executor, PreviewExecutor
from engine.problems import Diagnostic
from engine.providers.registry import Registry


@dataclass(frozen=True, slots=True)
class Mode:
    """What carries steps out, and how many at a time."""

    executor: Callable[[Registry, Callable[[Diagnostic], None]], Executor]
    executes: bool = False
    parallel: int = 1
    """Steps at a time; a preview answers at once."""


PREVIEWS = Mode(PreviewExecutor)
