"""Steps: what a run does, or would do, to one resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.deployment import ResourceState
from engine.urn import is_provider


class Op(StrEnum):
    """The operation of a step, in the words of ``pulumi preview --json``."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    CREATE_REPLACEMENT = "create-replacement"
    DELETE_REPLACED = "delete-replaced"
    READ_DISCARD = "discard"
    DISCARD_REPLACED = "discard-replaced"
    REMOVE_PENDING_REPLACE = "remove-pending-replace"


class DiffKind(StrEnum):
    """How one property differs."""

    ADD = "add"
    ADD_REPLACE = "add-replace"
    DELETE = "delete"
    DELETE_REPLACE = "delete-replace"
    UPDATE = "update"
    UPDATE_REPLACE = "update-replace"

    @property
    def replaces(self) -> bool:
        """Whether the change makes a new resource."""
        return self.value.endswith("-replace")

    def as_replace(self) -> DiffKind:
        """The same change, as a reason to replace."""
        return self if self.replaces else DiffKind(f"{self.value}-replace")


@dataclass(frozen=True, slots=True)
class PropertyDiff:
    """How a property differs; ``input_diff`` when old and new inputs are what was compared."""

    kind: DiffKind
    input_diff: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """What a provider says about old and new inputs of a resource.

    ``detailed`` maps property paths to kinds; None when the provider cannot tell.
    """

    changes: bool
    replace_keys: tuple[str, ...] = ()
    changed_keys: tuple[str, ...] = ()
    detailed: Mapping[str, PropertyDiff] | None = None
    delete_before_replace: bool = False

    @property
    def replaces(self) -> bool:
        """Whether the difference makes a new resource."""
        if self.replace_keys:
            return True
        return any(diff.kind.replaces for diff in (self.detailed or {}).values())


NO_DIFFERENCE = Difference(changes=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on one resource; ``logical`` steps are what the program's author thinks of."""

    op: Op
    old: ResourceState | None
    new: ResourceState | None
    difference: Difference = NO_DIFFERENCE
    logical: bool = field(default=True)
    hide_diffs: tuple[str, ...] = ()
    refused: bool = False
    """Not carried out; an error says why."""
    comes_back: bool = False
    """Deleted to make room for the resource that takes its place."""
    implied: bool = False
    """What the resource is deleted with takes it along."""

    @property
    def resource(self) -> ResourceState:
        """The latest state that is known, in the worst case the old one."""
        known = self.new or self.old
        assert known is not None, "a step is about a resource"  # noqa: S101  # a bug, not a mistake
        return known

    @property
    def protect_changes(self) -> bool:
        """Whether the step makes a resource protected, or unprotected."""
        return bool(self.old and self.new and self.old.protect != self.new.protect)

    @property
    def urn(self) -> str:
        """The URN of the resource."""
        return self.resource.urn

    @property
    def type(self) -> str:
        """The type of the resource."""
        return self.resource.type


_PROVIDERS_WORK = frozenset(
    {Op.CREATE, Op.UPDATE, Op.DELETE, Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED}
)


def takes_time(step: Step) -> bool:
    """Whether something outside of the engine is made, changed or deleted by the step."""
    resource = step.resource
    return step.op in _PROVIDERS_WORK and resource.custom and not is_provider(resource.type)
