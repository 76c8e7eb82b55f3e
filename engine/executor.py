"""Carries out steps; here, by telling what they would lead to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from engine.deployment import ResourceState
from engine.problems import Diagnostic, EngineError
from engine.providers.base import Call, Comparison, Provider
from engine.providers.registry import Registry
from engine.steps import Op, Step
from engine.urn import is_provider
from engine.values import Secret, same_properties


class Executor(Protocol):
    """Does what a step says."""

    def apply(self, step: Step, provider: Provider | None) -> ResourceState | None:
        """The state the resource has afterwards; None when it has none.

        Raises EngineError when it cannot be done.
        """
        ...

    def amend(self, before: ResourceState, after: ResourceState) -> None:
        """Take the outputs that a component has registered after its step."""
        ...


_CREATES = frozenset({Op.CREATE, Op.CREATE_REPLACEMENT})


class PreviewExecutor:
    """Changes nothing: tells what is known of the states that steps would lead to."""

    def __init__(self, registry: Registry, report: Callable[[Diagnostic], None]) -> None:
        self._registry = registry
        self._report = report

    def apply(self, step: Step, provider: Provider | None) -> ResourceState | None:
        """The state as far as it is known; refuses to delete what is protected."""
        new, old = step.new, step.old
        if new is None:
            refuse_protected(step)
            return None
        if step.op is Op.SAME and old is not None:
            self._keep_provider(new, old)
            return unchanged(new, old)
        if step.op is Op.UPDATE and old is not None:
            return mark_secret_outputs(self._updated(new, old, provider))
        if step.op in _CREATES:
            return mark_secret_outputs(self._created(new, provider))
        return new

    def amend(self, before: ResourceState, after: ResourceState) -> None:
        """Nothing is recorded."""

    def _keep_provider(self, new: ResourceState, old: ResourceState) -> None:
        if is_provider(new.type):
            self._registry.configure(f"{new.urn}::{old.id}", new.urn, old.inputs)

    def _updated(
        self, new: ResourceState, old: ResourceState, provider: Provider | None
    ) -> ResourceState:
        if provider is None:
            return new
        if is_provider(new.type):
            self._registry.configure(f"{new.urn}::{old.id}", new.urn, new.inputs)
        comparison = Comparison(new.urn, old.inputs, old.outputs, new.inputs, new.ignore_changes)
        return replace(new, id=old.id, outputs=provider.preview_update(comparison, self._call(new)))

    def _created(self, new: ResourceState, provider: Provider | None) -> ResourceState:
        if provider is None:
            return new
        given_id, outputs = provider.preview_create(new.urn, new.inputs, self._call(new))
        return replace(new, id=given_id, outputs=outputs)

    def _call(self, new: ResourceState) -> Call:
        return Call(say=lambda severity, text: self._report(Diagnostic(severity, text, new.urn)))


def unchanged(new: ResourceState, old: ResourceState) -> ResourceState:
    """The state of a resource to which nothing is done.

    The recorded inputs, where they say the same, hold their secrets sealed already.
    """
    kept = old.inputs if same_properties(old.inputs, new.inputs) else new.inputs
    return mark_secret_outputs(replace(new, id=old.id, inputs=kept, outputs=old.outputs))


def refuse_protected(step: Step) -> None:
    """Raise EngineError for the deletion of a protected resource."""
    resource = step.resource
    if step.op is Op.DELETE and resource.protect:
        raise EngineError(
            f"resource '{resource.urn}' cannot be deleted because it is protected. To unprotect "
            "it, put it back into the program without the `protect` option and deploy once",
            resource.urn,
        )


def mark_secret_outputs(state: ResourceState) -> ResourceState:
    """The state with those outputs secret that are named so or whose namesake input is secret."""
    hidden = {
        key: Secret(value)
        for key, value in state.outputs.items()
        if not isinstance(value, Secret) and _is_secret_output(state, key)
    }
    return replace(state, outputs={**state.outputs, **hidden}) if hidden else state


def _is_secret_output(state: ResourceState, key: str) -> bool:
    return key in state.additional_secret_outputs or isinstance(state.inputs.get(key), Secret)
