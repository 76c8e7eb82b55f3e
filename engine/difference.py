"""Turns old and new properties into the paths at which they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.paths import Path, covers, join_path, parse_path, try_parse
from engine.steps import Difference, DiffKind, PropertyDiff
from engine.values import Properties, Value, same, same_properties

INIT_ERROR_KEY = "#initerror"
INVERTED = {
    DiffKind.ADD: DiffKind.DELETE,
    DiffKind.ADD_REPLACE: DiffKind.DELETE_REPLACE,
    DiffKind.DELETE: DiffKind.ADD,
    DiffKind.DELETE_REPLACE: DiffKind.ADD_REPLACE,
    DiffKind.UPDATE: DiffKind.UPDATE,
    DiffKind.UPDATE_REPLACE: DiffKind.UPDATE_REPLACE,
}
"""The kinds of difference, seen from the other side."""


def compare(old: Properties, new: Properties, *, input_diff: bool) -> dict[str, PropertyDiff]:
    """Every path at which the properties differ; null and missing are one."""
    found = _object_differences((), old, new)
    return {join_path(path): PropertyDiff(kind, input_diff) for path, kind in found}


def _object_differences(
    path: Path, old: Properties, new: Properties
) -> Iterator[tuple[Path, DiffKind]]:
    for key in sorted({*old, *new}):
        yield from _differences((*path, key), old.get(key), new.get(key))


def _differences(path: Path, old: Value, new: Value) -> Iterator[tuple[Path, DiffKind]]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _object_differences(path, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _list_differences(path, old, new)
    elif not same(old, new):
        yield path, _kind(old, new)


def _kind(old: Value, new: Value) -> DiffKind:
    if old is None:
        return DiffKind.ADD
    return DiffKind.DELETE if new is None else DiffKind.UPDATE


def _list_differences(
    path: Path, old: list[Value], new: list[Value]
) -> Iterator[tuple[Path, DiffKind]]:
    shared = min(len(old), len(new))
    for index in range(shared):
        yield from _differences((*path, index), old[index], new[index])
    for index in range(shared, len(new)):
        yield (*path, index), DiffKind.ADD
    for index in range(shared, len(old)):
        yield (*path, index), DiffKind.DELETE


def changed_keys(old: Properties, new: Properties) -> tuple[str, ...]:
    """The top-level keys whose values differ, sorted."""
    return tuple(key for key in sorted({*old, *new}) if not same(old.get(key), new.get(key)))


def plain_difference(old: Properties, new: Properties) -> Difference:
    """How inputs differ where no provider has a say: changed or not, without details."""
    return Difference(changes=not same_properties(old, new))


def top_key(path: str) -> str:
    """The first element of a path."""
    parsed = try_parse(path)
    return str(parsed[0]) if parsed else path


def with_replace_on_changes(
    difference: Difference, replace_on_changes: tuple[str, ...], *, init_errors: bool
) -> Difference:
    """The difference, with each change below one of the paths made a reason to replace.

    Raises ValueError when one of the paths is none.
    """
    if not difference.changes and not init_errors:
        return difference
    paths = [parse_path(text) for text in replace_on_changes]
    errors_replace = init_errors and any(covers(path, (INIT_ERROR_KEY,)) for path in paths)
    keys = [key for key in difference.changed_keys if _covered(key, paths)]
    extra = [INIT_ERROR_KEY] if errors_replace else []
    return Difference(
        changes=difference.changes or errors_replace,
        replace_keys=tuple(dict.fromkeys([*difference.replace_keys, *keys, *extra])),
        changed_keys=difference.changed_keys,
        detailed=_replacing(difference.detailed, paths),
        delete_before_replace=difference.delete_before_replace,
    )


def _covered(text: str, paths: list[Path]) -> bool:
    inner = try_parse(text)
    return inner is not None and any(covers(path, inner) for path in paths)


def _replacing(
    detailed: Mapping[str, PropertyDiff] | None, paths: list[Path]
) -> Mapping[str, PropertyDiff] | None:
    if detailed is None:
        return None
    return {
        text: PropertyDiff(diff.kind.as_replace(), diff.input_diff)
        if _covered(text, paths)
        else diff
        for text, diff in detailed.items()
    }
