"""Reads back what a state records, and finds where it is no longer so."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import cast

from engine.deployment import Deployment, ResourceState
from engine.difference import INVERTED
from engine.executor import mark_secret_outputs
from engine.journal import unfinished_urns
from engine.masking import Mask
from engine.parallel import in_parallel
from engine.plain import plain_all
from engine.preview import Preview
from engine.problems import Diagnostic, Severity
from engine.program import Program
from engine.providers.base import (
    Call,
    Comparison,
    Existing,
    Provider,
    ProviderError,
    Unpredictable,
)
from engine.providers.registry import Registry
from engine.providers.supported import supported_packages
from engine.steps import NO_DIFFERENCE, Difference, Op, PropertyDiff, Step
from engine.times import now
from engine.urn import STACK_TYPE, is_default_provider, is_provider
from engine.values import same_properties


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What was read: as steps that have happened to the resources, and as the state after them."""

    found: Preview
    after: Deployment


def read_back(program: Program, prior: Deployment, parallel: int) -> Refreshed:
    """Read everything that is recorded; nothing is written.

    A step to update stands for a resource that differs, one to delete for one that is gone. What
    cannot be read makes the preview not ok.
    """
    started = time.monotonic()
    reading = _Reading(program, prior)
    in_parallel([partial(reading.read, state) for state in prior.resources], parallel)
    steps = tuple(reading.steps[state] for state in prior.resources if state in reading.steps)
    stack = next((state for state in prior.resources if state.type == STACK_TYPE), None)
    found = Preview(
        program=program,
        steps=tuple(step for step in steps if not is_default_provider(step.urn)),
        diagnostics=(*_no_longer_told(prior), *reading.diagnostics),
        stack_outputs=plain_all(stack.outputs if stack else {}),
        ok=len(steps) == len(prior.resources),
        seconds=time.monotonic() - started,
        every_step=steps,
    )
    return Refreshed(found, _after(prior, steps))


@dataclass(slots=True)
class _Reading:
    """One pass over a state; resources are read from several threads."""

    program: Program
    prior: Deployment
    steps: dict[ResourceState, Step] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _mask: Mask = field(default_factory=Mask)
    _registry: Registry = field(init=False)

    def __post_init__(self) -> None:
        self._registry = Registry(supported_packages(self.program.folder))
        for state in self.prior.resources:
            self._mask.learn(state.inputs)
            self._mask.learn(state.outputs)
            if is_provider(state.type):
                self._registry.configure(f"{state.urn}::{state.id}", state.urn, state.inputs)

    def read(self, state: ResourceState) -> None:
        """Read one resource, and take note of what became of it."""
        try:
            step = self._read(state)
        except ProviderError as error:
            text = f"'{state.name}' cannot be read: {error}"
            self._say(Severity.ERROR, text, state.urn)
            return
        with self._lock:
            self.steps[state] = step

    def _read(self, state: ResourceState) -> Step:
        provider = self._registry.provider(state.provider) if state.provider else None
        if provider is None or not state.custom or state.pending_replacement:
            return Step(Op.SAME, state, state)
        existing = Existing(state.urn, state.id, state.inputs, state.outputs)
        live = provider.read(existing, self._call(state))
        if live is None:
            return Step(Op.DELETE, state, None)
        new = mark_secret_outputs(
            replace(state, id=live.id, inputs=live.inputs, outputs=live.outputs, init_errors=())
        )
        if _is_same(state, new):
            return Step(Op.SAME, state, state)
        difference = _difference(state, new, provider)
        new = replace(new, modified=now())
        return Step(Op.UPDATE if difference.changes else Op.SAME, state, new, difference)

    def _call(self, state: ResourceState) -> Call:
        return Call(say=lambda severity, text: self._say(severity, text, state.urn))

    def _say(self, severity: Severity, text: str, urn: str) -> None:
        with self._lock:
            self.diagnostics.append(Diagnostic(severity, self._mask.apply(text), urn))


def _is_same(old: ResourceState, new: ResourceState) -> bool:
    return (
        old.id == new.id
        and old.init_errors == new.init_errors
        and same_properties(old.inputs, new.inputs)
        and same_properties(old.outputs, new.outputs)
    )


def _difference(old: ResourceState, new: ResourceState, provider: Provider) -> Difference:
    """What the next deployment would put back, told the other way round: as it has happened."""
    comparison = Comparison(
        old.urn, new.inputs, new.outputs, old.inputs, old.ignore_changes, new.id
    )
    try:
        found = provider.diff(comparison)
    except Unpredictable:
        return Difference(changes=True)
    if not found.changes:
        return NO_DIFFERENCE
    detailed = found.detailed and {
        path: PropertyDiff(INVERTED[diff.kind], diff.input_diff)
        for path, diff in found.detailed.items()
    }
    return Difference(changes=True, changed_keys=found.changed_keys, detailed=detailed)


def _no_longer_told(prior: Deployment) -> list[Diagnostic]:
    text = (
        "an earlier run ended suddenly while it made this resource; if it exists and the program "
        "no longer wants it, remove it by hand: it is not told again"
    )
    return [Diagnostic(Severity.WARNING, text, urn) for urn in unfinished_urns(prior)]


def _after(prior: Deployment, steps: tuple[Step, ...]) -> Deployment:
    """The state with what was read in it, and without what is gone."""
    gone = {step.urn: step.resource for step in steps if step.op is Op.DELETE}
    kept = tuple(_without(step.new, gone) for step in steps if step.new is not None)
    inner = cast("Mapping[str, object]", prior.document.get("deployment") or {})
    document = {**prior.document, "deployment": {**inner, "pending_operations": None}}
    return Deployment(kept, document, prior.crypter)


def _without(state: ResourceState, gone: Mapping[str, ResourceState]) -> ResourceState:
    """The resource, needing nothing that is gone."""
    if not gone:
        return state
    parent = state.parent
    while parent in gone:
        parent = gone[parent].parent
    return replace(
        state,
        parent=parent,
        dependencies=tuple(urn for urn in state.dependencies if urn not in gone),
        property_dependencies={
            key: tuple(urn for urn in urns if urn not in gone)
            for key, urns in state.property_dependencies.items()
        },
        deleted_with="" if state.deleted_with in gone else state.deleted_with,
        replace_with=tuple(urn for urn in state.replace_with if urn not in gone),
    )
