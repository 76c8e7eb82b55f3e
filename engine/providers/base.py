"""The narrow protocol between the engine and what knows a package's resource types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

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

    def preview_create(self, urn: str, inputs: Properties) -> tuple[str, Properties]:
        """The id ("" where unknown) and outputs a resource would get, as far as they are known."""
        ...

    def preview_update(self, comparison: Comparison) -> Properties:
        """The outputs a resource would have after an update, as far as they are known."""
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
        """A provider that serves resources with this configuration."""
        ...
