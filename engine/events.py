"""What a run tells while it goes on, for progress displays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from engine.problems import Diagnostic
from engine.steps import Step


@dataclass(frozen=True, slots=True)
class StepPlanned:
    """A step has been decided and, in a preview, carried out as far as it can be."""

    step: Step


@dataclass(frozen=True, slots=True)
class StepBegun:
    """A step that changes something is being carried out."""

    step: Step


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step that changes something has ended; ``ok`` is False when it came to nothing."""

    step: Step
    seconds: float
    ok: bool


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """The program or the engine said something."""

    diagnostic: Diagnostic


Event: TypeAlias = StepPlanned | StepBegun | StepEnded | Diagnosed
"""Events may come from several threads, one at a time."""
