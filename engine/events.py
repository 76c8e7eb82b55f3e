"""What a run tells while it goes on, for progress displays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from engine.problems import Diagnostic
from engine.steps import Step


@dataclass(frozen=True, slots=True)
class StepPlanned:
    """A step has been decided and carried out."""

    step: Step


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """The program or the engine said something."""

    diagnostic: Diagnostic


Event: TypeAlias = StepPlanned | Diagnosed
