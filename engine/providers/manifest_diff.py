"""Turns an old and a new manifest into the paths that differ, as its provider sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from engine.paths import Path
from engine.steps import DiffKind, PropertyDiff
from engine.values import Properties, Unknown, Value, same


class _Missing:
    """Stands for "no such key", which a null is not."""


_MISSING = _Missing()
_Maybe: TypeAlias = "Value | _Missing"


@dataclass(frozen=True, slots=True)
class _Place:
    """One place in a manifest: its path, and what stands there before and after."""

    path: Path
    old: _Maybe
    new: _Maybe

    def child(self, key: str | int) -> _Place:
        return _Place((*self.path, key), _at(self.old, key), _at(self.new, key))


def _at(value: _Maybe, key: str | int) -> _Maybe:
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key, _MISSING)
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return value[key]
    return _MISSING


def manifest_differences(
    old: Properties, new: Properties, immutable: tuple[Path, ...]
) -> dict[str, PropertyDiff]:
    """Every path that differs; changes at or around an immutable path replace."""
    found = {}
    for place, kind in _differences(_Place((), old, new)):
        replaces = _touches(place, immutable)
        found[path_text(place.path)] = PropertyDiff(
            kind.as_replace() if replaces else kind, input_diff=kind is DiffKind.DELETE
        )
    return found


def _differences(place: _Place) -> Iterator[tuple[_Place, DiffKind]]:
    old, new = place.old, place.new
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _differences(place.child(key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from _differences(place.child(index))
    elif (kind := _kind(old, new)) is not None:
        yield place, kind


def _kind(old: _Maybe, new: _Maybe) -> DiffKind | None:
    if new is None and old is not None:
        return DiffKind.DELETE  # a null takes the field away, also one that is not there
    if isinstance(old, _Missing):
        return None if isinstance(new, _Missing) else DiffKind.ADD
    if isinstance(new, _Missing):
        return DiffKind.DELETE
    if isinstance(new, Unknown):
        return DiffKind.UPDATE
    return None if same(old, new) else DiffKind.UPDATE


def _touches(place: _Place, immutable: tuple[Path, ...]) -> bool:
    # What is taken away as a whole has nothing inside it any more that could be immutable.
    return any(_matches(place.path, place.new, path) for path in immutable)


def _matches(path: Path, value: _Maybe, immutable: Path) -> bool:
    shared = zip(path, immutable, strict=False)
    if any(there not in ("*", here) for here, there in shared):
        return False
    return _holds(value, immutable[len(path) :])


def _holds(value: _Maybe, rest: Path) -> bool:
    """Whether something stands at the rest of the path inside the value."""
    if not rest:
        return True
    if rest[0] == "*":
        return isinstance(value, list) and any(_holds(item, rest[1:]) for item in value)
    inner = _at(value, rest[0])
    return not isinstance(inner, _Missing) and _holds(inner, rest[1:])


def path_text(path: Path) -> str:
    """The path as the Kubernetes provider writes it: quotes only where a separator needs them."""
    text = ""
    for element in path:
        if isinstance(element, int):
            text += f"[{element}]"
        elif any(mark in element for mark in '."[]'):
            text += '["' + element.replace('"', '\\"') + '"]'
        else:
            text += f".{element}" if text else element
    return text
