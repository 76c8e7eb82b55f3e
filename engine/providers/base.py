"""The narrow protocol between the engine and what knows a package's resource types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from engine.cancellation import Cancellation
from engine.problems import Severity
from engine.steps import Difference
from engine.values import Properties


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a provider does not accept an input; ``key`` is "" when it is about all of them."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Inputs as the provider wants them, with defaults and names, or why it refuses them."""

    inputs: Properties
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a provider is asked to compare.

    Both inputs have passed ``check``. What is to be ignored was put back already, but providers
    that compare with what is live need ``ignore_changes`` once more.
    """

    urn: str
    old_inputs: Properties
    old_outputs: Properties
    new_inputs: Properties
    ignore_changes: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Existing:
    """A resource that was made: what is recorded of it, or what was read of it."""

    urn: str
    id: str
    inputs: Properties
    outputs: Properties


@dataclass(frozen=True, slots=True)
class Made:
    """The id and outputs of a resource that was made just now."""

    id: str
    outputs: Properties


def _nobody_listens(severity: Severity, text: str) -> None:
    del severity, text


@dataclass(frozen=True, slots=True)
class Call:
    """What surrounds one call that may take its time.

    ``timeout`` is in seconds, None where the program says nothing of it. ``say`` shows a line about
    the resource; a severity of error does not fail the call, ``ProviderError`` does. Whoever waits
    has to look at ``cancellation``, or to leave word with it how the waiting can be ended.
    """

    timeout: float | None = None
    cancellation: Cancellation = field(default_factory=Cancellation)
    say: Callable[[Severity, str], None] = _nobody_listens
    hides_outputs: bool = False
    """The outputs are secret, and with them whatever a failing call would tell of them."""


class ProviderError(Exception):
    """A call came to nothing: the resource is as it was. The text is meant for the user."""


class CancelledError(ProviderError):
    """A call was given up in the middle; nobody knows how far it came."""


class PartialError(ProviderError):
    """The resource was made or updated, and is not as it should be.

    It is recorded as ``made`` with the reasons, and the next deployment tries to update it.
    """

    def __init__(self, made: Made, reasons: tuple[str, ...]) -> None:
        super().__init__("\n".join(reasons))
        self.made = made
        self.reasons = reasons


class Unpredictable(Exception):  # noqa: N818  # an answer of a provider, not a failure
    """A provider cannot compare yet: the resource is shown as changed, with this as a warning."""


class Provider(Protocol):
    """One configured provider: serves the resource types of its package."""

    def check(self, urn: str, old_inputs: Properties | None, new_inputs: Properties) -> Checked:
        """Inputs as they will be recorded; old inputs are None for a resource that is new."""
        ...

    def diff(self, comparison: Comparison) -> Difference:
        """How a resource differs. Raises Unpredictable when that cannot be told yet."""
        ...

    def preview_create(self, urn: str, inputs: Properties, call: Call) -> tuple[str, Properties]:
        """The id ("" where unknown) and outputs a resource would get, as far as they are known.

        Raises EngineError where it is known that it could not be made.
        """
        ...

    def preview_update(self, comparison: Comparison, call: Call) -> Properties:
        """The outputs a resource would have after an update, as far as they are known."""
        ...

    def create(self, urn: str, inputs: Properties, call: Call) -> Made:
        """Make a resource. Raises ProviderError or PartialError.

        As all that follow, it runs in a thread of its own beside others, and may block.
        """
        ...

    def update(self, comparison: Comparison, call: Call) -> Properties:
        """Change a resource in place; its new outputs. Raises ProviderError or PartialError."""
        ...

    def delete(self, existing: Existing, call: Call) -> None:
        """Delete a resource; one that is gone already is no error. Raises ProviderError."""
        ...

    def read(self, existing: Existing, call: Call) -> Existing | None:
        """The resource as it is now, None when it is gone. Raises ProviderError."""
        ...


class Package(Protocol):
    """One package of resource types and how its providers are configured."""

    name: str

    def supports(self, kind: str) -> bool:
        """Whether the engine knows this resource type of the package."""
        ...

    def check_config(self, inputs: Properties) -> Checked:
        """Configuration of a provider as it will be recorded."""
        ...

    def diff_config(self, old: Properties, new: Properties) -> Difference:
        """How two configurations differ, and whether everything the provider serves is replaced."""
        ...

    def configure(self, urn: str, inputs: Properties) -> Provider:
        """A provider that serves resources with this configuration; nothing is dialled yet."""
        ...
