"""Property values: what the inputs and outputs of a resource are made of.

A value is plain Python (None, bool, number, str, list, dict with str keys) or one of the marks
below. Values are shared, never changed in place; every transformation returns a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
ASSET_SIGNATURE = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE_SIGNATURE = "0def7320c3a5731c473e5ecbe6d01bc7"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  # marks one, holds none
REFERENCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only the deployment itself will know."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that is never shown, not even where a program prints its own objects.

    ``sealed`` keeps the cipher text as it was read, so that writing it back changes nothing;
    a secret that could not be opened has an unknown value and its cipher text.
    """

    value: Value = field(repr=False)
    sealed: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Blob:
    """An asset or an archive, as the map it travels in."""

    signature: str
    content: Mapping[str, object]

    @property
    def digest(self) -> str:
        """The digest of the content, "" where it is not known."""
        return str(self.content.get("hash", ""))


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to another resource; ``id`` is None for components."""

    urn: str
    id: Value = None
    version: str = ""


Value: TypeAlias = (
    "bool | int | float | str | list[Value] | dict[str, Value]"
    " | Unknown | Secret | Blob | Reference | None"
)
Properties: TypeAlias = dict[str, Value]

UNKNOWN = Unknown()


def contains(value: Value, mark: type[Unknown] | type[Secret]) -> bool:
    """Whether a mark of this kind stands anywhere inside the value."""
    if isinstance(value, mark):
        return True
    if isinstance(value, dict):
        return any(contains(item, mark) for item in value.values())
    if isinstance(value, list):
        return any(contains(item, mark) for item in value)
    if isinstance(value, Secret):
        return contains(value.value, mark)
    return isinstance(value, Reference) and contains(value.id, mark)


def unwrap(value: Value) -> Value:
    """The value without its secret marks."""
    if isinstance(value, Secret):
        return unwrap(value.value)
    if isinstance(value, dict):
        return {key: unwrap(item) for key, item in value.items()}
    if isinstance(value, list):
        return [unwrap(item) for item in value]
    return value


def unwrap_all(properties: Properties) -> Properties:
    """The properties without their secret marks."""
    return {key: unwrap(value) for key, value in properties.items()}


def secret(value: Value) -> Secret:
    """The value marked as secret, once."""
    return value if isinstance(value, Secret) else Secret(value)


def same(old: Value, new: Value) -> bool:
    """Whether two values are equal; a missing property equals a null one, True does not equal 1."""
    if isinstance(old, dict) and isinstance(new, dict):
        return same_properties(old, new)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same, old, new))
    if isinstance(old, Secret) and isinstance(new, Secret):
        return same(old.value, new.value)
    if isinstance(old, Blob) and isinstance(new, Blob):
        return _same_blob(old, new)
    if isinstance(old, Reference) and isinstance(new, Reference):
        return old.urn == new.urn and same(old.id, new.id)
    return isinstance(old, bool) == isinstance(new, bool) and old == new


def _same_blob(old: Blob, new: Blob) -> bool:
    if old.digest and new.digest:
        return old.signature == new.signature and old.digest == new.digest
    return old == new


def same_properties(old: Properties, new: Properties) -> bool:
    """Whether two property maps are equal, null and missing being one."""
    if any(not same(value, new.get(key)) for key, value in old.items()):
        return False
    return all(value is None or key in old for key, value in new.items())


def annotate_secrets(outputs: Properties, inputs: Properties) -> Properties:
    """The outputs, with everything secret whose namesake among the inputs is or holds a secret."""
    return {key: _annotated(value, inputs.get(key)) for key, value in outputs.items()}


def _annotated(output: Value, given: Value) -> Value:
    if isinstance(output, dict) and isinstance(given, dict):
        return annotate_secrets(output, given)
    return secret(output) if contains(given, Secret) else output


def transform(value: Value, change: Callable[[Value], Value]) -> Value:
    """The value with ``change`` applied to every leaf."""
    if isinstance(value, dict):
        return {key: transform(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [transform(item, change) for item in value]
    return change(value)
