"""Finds what must be replaced together with a resource that is deleted before its replacement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.deployment import ResourceState
from engine.difference import with_replace_on_changes
from engine.graph import Graph
from engine.providers.base import Comparison, Provider, Unpredictable
from engine.urn import parse_provider_reference
from engine.values import UNKNOWN, Properties

if TYPE_CHECKING:
    from engine.generator import Progress


@dataclass(frozen=True, slots=True)
class DependentReplacement:
    """A resource that goes with another one, and the input keys that are the reason."""

    resource: ResourceState
    keys: tuple[str, ...] = ()


class Replacements:
    """Answers which recorded resources cannot outlive another one."""

    def __init__(
        self,
        graph: Graph,
        progress: Progress,
        old_provider: Callable[[ResourceState], Provider],
    ) -> None:
        self._graph = graph
        self._progress = progress
        self._old_provider = old_provider

    def dependents(self, root: ResourceState) -> list[DependentReplacement]:
        """All that goes with the root, in order of dependency.

        What the program registered already cannot depend on it any more.
        """
        going = {root.urn}
        found: list[DependentReplacement] = []
        for candidate in self._graph.dependents(root, self._settled):
            replacement = self._replacement(candidate, going)
            if replacement is not None:
                going.add(candidate.urn)
                found.append(replacement)
        return found

    def _settled(self, urn: str) -> bool:
        return urn in self._progress.done or urn in self._progress.deleted_early

    def _replacement(self, resource: ResourceState, going: set[str]) -> DependentReplacement | None:
        if not resource.custom or resource.external:
            return None
        if resource.provider and parse_provider_reference(resource.provider).urn in going:
            return DependentReplacement(resource)
        if resource.deleted_with in going or going & set(resource.replace_with):
            return DependentReplacement(resource)
        inputs = _with_unknowns(resource, going)
        return self._by_difference(resource, inputs) if inputs is not None else None

    def _by_difference(
        self, resource: ResourceState, inputs: Properties
    ) -> DependentReplacement | None:
        comparison = Comparison(
            resource.urn, resource.inputs, resource.outputs, inputs, resource.ignore_changes
        )
        try:
            difference = self._old_provider(resource).diff(comparison)
        except Unpredictable:
            return None
        difference = with_replace_on_changes(
            difference, resource.replace_on_changes, init_errors=False
        )
        if not difference.replaces:
            return None
        return DependentReplacement(resource, difference.replace_keys)


def _with_unknowns(resource: ResourceState, going: set[str]) -> Properties | None:
    """Inputs with those unknown that depend on what goes; None when none does."""
    affected = {key for key, urns in resource.property_dependencies.items() if going & set(urns)}
    if not affected & set(resource.inputs):
        return None
    return {key: UNKNOWN if key in affected else value for key, value in resource.inputs.items()}
