"""Carries steps out: makes, changes and deletes what they are about, and records it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.cancellation import Cancellation
from engine.deployment import ResourceState
from engine.executor import mark_secret_outputs, refuse_protected, unchanged
from engine.journal import Journal
from engine.masking import secret_texts
from engine.problems import Diagnostic, EngineError, Severity
from engine.providers.base import (
    Call,
    CancelledError,
    Comparison,
    Existing,
    PartialError,
    Provider,
    ProviderError,
)
from engine.providers.registry import Registry
from engine.steps import Op, Step
from engine.times import now
from engine.urn import is_provider
from engine.values import Secret, contains

_CREATES = frozenset({Op.CREATE, Op.CREATE_REPLACEMENT})
_DELETES = frozenset({Op.DELETE, Op.DELETE_REPLACED})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the steps of one run share."""

    journal: Journal
    cancellation: Cancellation
    report: Callable[[Diagnostic], None]


class ApplyingExecutor:
    """Does what steps say; may be called from several threads at once."""

    def __init__(self, registry: Registry, surroundings: Surroundings) -> None:
        self._registry = registry
        self._around = surroundings

    def apply(self, step: Step, provider: Provider | None) -> ResourceState | None:
        """The state the resource has afterwards; refuses to delete what is protected.

        Raises EngineError when it cannot be done; what is left behind is recorded.
        """
        refuse_protected(step)
        journal = self._around.journal
        journal.begin(step)
        try:
            after = self._carry_out(step, provider)
        except CancelledError as error:
            # What was being done stays on record as begun: nobody knows how far it came.
            raise EngineError(str(error), step.urn) from error
        except PartialError as error:
            journal.succeed(step, _partial(step, error))
            raise EngineError(_text(step, error), step.urn) from error
        except ProviderError as error:
            journal.fail(step)
            raise EngineError(_text(step, error), step.urn) from error
        except EngineError:
            journal.fail(step)
            raise
        except Exception as error:  # a fault of the engine: what was begun stays on record
            text = f"the engine itself failed at '{step.resource.name}': {error!r}"
            raise EngineError(text, step.urn) from error
        journal.succeed(step, after)
        return after

    def amend(self, before: ResourceState, after: ResourceState) -> None:
        """Record the outputs of a component."""
        self._around.journal.amend(before, after)

    def _carry_out(self, step: Step, provider: Provider | None) -> ResourceState | None:
        new, old = step.new, step.old
        if new is None:
            self._delete(step, provider)
            return None
        if step.op is Op.SAME and old is not None:
            return self._same(new, old)
        if step.op is Op.UPDATE and old is not None:
            return self._update(new, old, provider)
        if step.op in _CREATES:
            return self._create(new, provider)
        return new

    def _same(self, new: ResourceState, old: ResourceState) -> ResourceState:
        if is_provider(new.type):
            self._registry.configure(f"{new.urn}::{old.id}", new.urn, old.inputs)
        return unchanged(new, old)

    def _create(self, new: ResourceState, provider: Provider | None) -> ResourceState:
        stamped = replace(new, created=now())
        stamped = replace(stamped, modified=stamped.created)
        if provider is None:
            return stamped
        made = provider.create(new.urn, new.inputs, self._call(new, "create"))
        return _marked(replace(stamped, id=made.id, outputs=made.outputs))

    def _update(
        self, new: ResourceState, old: ResourceState, provider: Provider | None
    ) -> ResourceState:
        if provider is None:
            return replace(new, id=old.id)
        comparison = Comparison(
            new.urn, old.inputs, old.outputs, new.inputs, new.ignore_changes, old.id
        )
        outputs = provider.update(comparison, self._call(new, "update"))
        return _marked(replace(new, id=old.id, outputs=outputs, modified=now()))

    def _delete(self, step: Step, provider: Provider | None) -> None:
        old = step.resource
        stays = old.external or old.retain_on_delete or step.implied
        if step.op not in _DELETES or provider is None or stays:
            return
        existing = Existing(old.urn, old.id, old.inputs, old.outputs)
        provider.delete(existing, self._call(old, "delete"))

    def _call(self, state: ResourceState, verb: str) -> Call:
        return Call(
            timeout=state.custom_timeouts.get(verb),
            cancellation=self._around.cancellation,
            say=lambda severity, text: self._say(severity, text, state.urn),
            hides_outputs=_hides_outputs(state),
        )

    def _say(self, severity: Severity, text: str, urn: str) -> None:
        self._around.report(Diagnostic(severity, text, urn))


SHORTEST_TELLING = 8
"""A shorter secret may stand in an output by chance."""


def _marked(state: ResourceState) -> ResourceState:
    """The state with those outputs secret that are named so, or in which a secret input stands.

    The CLI looks at names alone; a command that prints its input would have it shown.
    """
    texts = secret_texts(state.inputs, SHORTEST_TELLING)
    telling = {
        key: Secret(value)
        for key, value in state.outputs.items()
        if isinstance(value, str) and any(text in value for text in texts)
    }
    return mark_secret_outputs(replace(state, outputs={**state.outputs, **telling}))


def _hides_outputs(state: ResourceState) -> bool:
    """Whether what the resource tells of itself is secret: by its options, or since it was."""
    named = {"stdout", "stderr"} & set(state.additional_secret_outputs)
    return bool(named) or any(contains(state.outputs.get(key), Secret) for key in ("stdout",))


def _partial(step: Step, error: PartialError) -> ResourceState:
    new, old = step.new, step.old
    assert new is not None, "a deletion is whole or not at all"  # noqa: S101  # a bug, not a mistake
    created = new.created if step.op is Op.UPDATE else now()
    id_ = error.made.id or (old.id if old else "")
    return _marked(
        replace(
            new,
            id=id_,
            outputs=error.made.outputs,
            init_errors=error.reasons,
            created=created,
            modified=now(),
        )
    )


_VERBS = {
    Op.CREATE: "created",
    Op.CREATE_REPLACEMENT: "replaced",
    Op.UPDATE: "updated",
    Op.DELETE: "deleted",
    Op.DELETE_REPLACED: "deleted",
}


def _text(step: Step, error: ProviderError) -> str:
    how = "is not as it should be" if isinstance(error, PartialError) else "was not"
    done = "" if isinstance(error, PartialError) else f" {_VERBS.get(step.op, step.op)}"
    return f"'{step.resource.name}' {how}{done}: {error}"
