"""Keeps the state file equal to what has been done, step by step.

The file holds what this run has made, in the order of its making, then what is recorded from
before and not touched yet; that order respects all dependencies. Before a step begins, the file
says so: whoever reads it after a sudden end knows what may have happened.
"""

from __future__ import annotations

import textwrap
import threading
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import cast

from engine.checkpoint import Json, Writer, export_text
from engine.deployment import Deployment, ResourceState
from engine.problems import StateError
from engine.renaming import renamed
from engine.statefile import INDENT, export_around, replace_file, resource_document
from engine.steps import Op, Step
from engine.times import now


class Pending(StrEnum):
    """What was being done to a resource, in the words of a state file."""

    CREATING = "creating"
    UPDATING = "updating"
    DELETING = "deleting"


_PENDING = {
    Op.CREATE: Pending.CREATING,
    Op.CREATE_REPLACEMENT: Pending.CREATING,
    Op.UPDATE: Pending.UPDATING,
    Op.DELETE: Pending.DELETING,
    Op.DELETE_REPLACED: Pending.DELETING,
}
_FORGETS = frozenset(
    {
        Op.DELETE,
        Op.DELETE_REPLACED,
        Op.READ_DISCARD,
        Op.DISCARD_REPLACED,
        Op.REMOVE_PENDING_REPLACE,
    }
)
_PLACE = "@resources@"
_DEPTH = " " * 3 * INDENT


class Journal:
    """The state file of one run; steps report from several threads.

    Raises StateError where the file cannot be written: the run must not go on then.
    """

    def __init__(self, prior: Deployment, path: Path) -> None:
        self._path = path
        self._prior = prior
        self._writer = Writer(prior.crypter)
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._news: dict[ResourceState, ResourceState] = {}
        self._olds = {state: state for state in prior.resources}
        self._pending: dict[ResourceState, tuple[Pending, ResourceState]] = {}
        self._unfinished = unfinished_creations(prior)
        self._texts: dict[ResourceState, str] = {}
        self._names: dict[str, str] = {}
        self._changes = 0
        self._written = 0

    def begin(self, step: Step) -> None:
        """Record that a step is about to be carried out."""
        pending = _PENDING.get(step.op)
        if pending is not None and step.resource.custom:
            with self._lock:
                self._pending[step.resource] = pending, step.resource
                self._changes += 1
            self._save()

    def succeed(self, step: Step, after: ResourceState | None) -> None:
        """Record what a step has led to."""
        with self._lock:
            self._pending.pop(step.resource, None)
            if step.op in _FORGETS:
                self._forget(step)
            elif step.op is not Op.REPLACE and after is not None:
                self._take(step, after)
        # A component is a record and nothing outside of it, and "same" changes nothing: both wait
        # for the next write.
        if step.resource.custom and step.op is not Op.SAME:
            self._save()

    def _forget(self, step: Step) -> None:
        old = step.resource
        self._changes += 1
        if step.comes_back and old in self._olds:
            self._olds[old] = replace(self._olds[old], pending_replacement=True)
        else:
            self._olds.pop(old, None)

    def _take(self, step: Step, after: ResourceState) -> None:
        old, urn = step.old, after.urn
        if old is not None and old.urn != urn:
            self._names[old.urn] = urn
            self._texts.clear()  # others may refer to it
        self._news[after] = after
        self._unfinished = [each for each in self._unfinished if _urn_of(each) != urn]
        if old is None:
            self._changes += 1
        elif step.op is Op.CREATE_REPLACEMENT:
            self._changes += 1
            self._supersede(old)
        elif self._olds.pop(old, None) is None or self._text(old) != self._text(after):
            self._changes += 1

    def _supersede(self, old: ResourceState) -> None:
        """What was replaced is still there, until it is deleted; unless it was deleted before."""
        current = self._olds.get(old)
        if current is None or current.pending_replacement:
            self._olds.pop(old, None)
        else:
            self._olds[old] = replace(current, delete=True)

    def fail(self, step: Step) -> None:
        """Record that a step has come to nothing."""
        with self._lock:
            self._pending.pop(step.resource, None)
            self._changes += 1
        self._save()

    def amend(self, before: ResourceState, after: ResourceState) -> None:
        """Take the outputs that a component has registered at its end."""
        with self._lock:
            places = [key for key, state in self._news.items() if state is before]
            for key in places:
                self._news[key] = after
            if self._text(before) != self._text(after):
                self._changes += 1

    def close(self) -> None:
        """Write what could wait."""
        self._save()

    @property
    def resources(self) -> tuple[ResourceState, ...]:
        """What the file holds."""
        return (*self._news.values(), *self._olds.values())

    def _save(self) -> None:
        """Write all changes so far; one write serves every thread that has waited for it."""
        wanted = self._changes
        with self._writing:
            if self._written >= wanted:
                return
            with self._lock:
                upto, text = self._changes, self._whole()
            try:
                replace_file(self._path, text)
            except OSError as error:
                raise StateError(
                    f"the state file '{self._path}' cannot be written ({error.strerror}), so "
                    "nothing more is done; what was done last may not be recorded"
                ) from error
            self._written = upto

    def _whole(self) -> str:
        given = {
            "manifest": {"time": now(), "magic": "", "version": ""},
            "resources": [_PLACE],
            "pending_operations": [*self._operations(), *self._unfinished] or None,
        }
        around = export_around(self._prior, self.resources, cast("Mapping[str, Json]", given))
        texts = ",\n".join(map(self._text, self.resources))
        text = export_text(around, INDENT) + "\n"
        if not texts:
            return text.replace(f'[\n{_DEPTH}"{_PLACE}"\n{_DEPTH[INDENT:]}]', "null", 1)
        return text.replace(f'{_DEPTH}"{_PLACE}"', texts, 1)

    def _operations(self) -> list[Json]:
        return [
            {"resource": self._document(state), "type": pending.value}
            for pending, state in self._pending.values()
        ]

    def _document(self, state: ResourceState) -> Json:
        now_named = renamed(state, self._names)
        return cast("Json", resource_document(now_named, self._writer.properties))

    def _text(self, state: ResourceState) -> str:
        if state not in self._texts:
            text = export_text(self._document(state), INDENT)
            self._texts[state] = textwrap.indent(text, _DEPTH)
        return self._texts[state]


def unfinished_creations(deployment: Deployment) -> list[Json]:
    """What an earlier run was making when it ended suddenly: nobody knows whether it exists."""
    inner = cast("Mapping[str, Json]", deployment.document).get("deployment")
    operations = inner.get("pending_operations") if isinstance(inner, dict) else None
    found = operations if isinstance(operations, list) else []
    return [
        each for each in found if isinstance(each, dict) and each.get("type") == Pending.CREATING
    ]


def unfinished_urns(deployment: Deployment) -> tuple[str, ...]:
    """The URNs of what may have been made without being recorded."""
    return tuple(map(_urn_of, unfinished_creations(deployment)))


def _urn_of(operation: Json) -> str:
    resource = operation.get("resource") if isinstance(operation, dict) else None
    return str(resource.get("urn")) if isinstance(resource, dict) else ""


def leads_to_itself(prior: Deployment, steps: tuple[Step, ...]) -> bool:
    """Whether carrying out the steps would leave the state file as it is."""
    if unfinished_creations(prior) or len(steps) != len(prior.resources):
        return False
    write = Writer(prior.crypter).properties
    return all(
        step.op is Op.SAME
        and step.old is not None
        and step.new is not None
        and resource_document(step.old, write) == resource_document(step.new, write)
        for step in steps
    )
