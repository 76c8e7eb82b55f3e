"""What can go wrong in a run, as exceptions and diagnostics."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a diagnostic matters; only an error fails the run."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A message of the program or the engine; ``urn`` names the resource it belongs to, if any."""

    severity: Severity
    message: str
    urn: str = ""


class EngineError(Exception):
    """A run cannot go on; the text is meant for the user."""

    def __init__(self, message: str, urn: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.urn = urn


class RefusedError(EngineError):
    """The program asks for something this engine does not do."""


class StateError(EngineError):
    """A state file or export cannot be used."""


class PassphraseError(StateError):
    """There is no passphrase, or it is the wrong one."""
