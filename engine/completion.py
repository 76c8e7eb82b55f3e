"""Completes goals with what their parents and packages say: options and providers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.deployment import ResourceState
from engine.goal import Goal, inherit, needs_provider
from engine.program import Program
from engine.providers.registry import Registry, add_version
from engine.urn import PROVIDER_PREFIX, is_provider, package_of
from engine.values import Properties, Secret


class Completion:
    """Knows the goals of one run so far, and the providers made for those that name none."""

    def __init__(
        self, program: Program, registry: Registry, register: Callable[[Goal], ResourceState]
    ) -> None:
        self._program = program
        self._registry = registry
        self._register = register
        self._goals: dict[str, Goal] = {}
        self._component_providers: dict[str, dict[str, str]] = {}
        self._default_providers: dict[str, str] = {}

    def remember(self, urn: str, goal: Goal) -> None:
        """Take note of a goal that has been reached, for those below it."""
        self._goals[urn] = goal
        if not goal.custom:
            self._component_providers[urn] = dict(goal.providers)

    def completed(self, goal: Goal) -> Goal:
        """The goal with what its parent and its package say about providers and options."""
        parent = self._goals.get(goal.parent)
        if parent is not None:
            goal = inherit(goal, parent)
        if is_provider(goal.type):
            inputs = add_version(goal.inputs, goal.version) if goal.version else goal.inputs
            return replace(goal, inputs=inputs)
        if not goal.custom:
            above = self._component_providers.get(goal.parent, {})
            return replace(goal, providers={**above, **goal.providers})
        return replace(goal, provider=self._provider_of(goal)) if needs_provider(goal) else goal

    def _provider_of(self, goal: Goal) -> str:
        package = package_of(goal.type)
        above = self._component_providers.get(goal.parent, {})
        found = goal.provider or goal.providers.get(package) or above.get(package)
        return found or self._default_provider(goal, package)

    def _default_provider(self, goal: Goal, package: str) -> str:
        """The provider for resources that name none, registered when first needed."""
        name = "_".join(["default", *goal.version.replace("+", "_").split(".")]).rstrip("_")
        key = f"{package}/{name}"
        if key not in self._default_providers:
            self._registry.refuse_unknown(goal.type, goal.name)
            inputs = self._package_config(package)
            if goal.version:
                inputs = add_version(inputs, goal.version)
            kind = f"{PROVIDER_PREFIX}{package}"
            state = self._register(Goal(type=kind, name=name, custom=True, inputs=inputs))
            self._default_providers[key] = f"{state.urn}::{state.id}"
        return self._default_providers[key]

    def _package_config(self, package: str) -> Properties:
        """Stack configuration whose keys begin with the package's name."""
        prefix = f"{package}:"
        return {
            key.removeprefix(prefix): Secret(text) if key in self._program.secret_keys else text
            for key, text in self._program.config.items()
            if key.startswith(prefix)
        }
