"""Property paths such as ``spec.ports[0].name`` or ``a["b.c"][*]``: parsed, matched, reset."""

from __future__ import annotations

import re
from typing import TypeAlias

from engine.values import Properties, Secret, Value, secret

Path: TypeAlias = tuple[str | int, ...]

_QUOTED = re.compile(r'\["((?:\\"|[^"])*)"\]')
_INDEX = re.compile(r"\[(\*|-?\d+)\]")
_NAME = re.compile(r"[^.\[]+")
_NEEDS_QUOTES = re.compile(r"[^A-Za-z0-9_]")


def parse_path(text: str) -> Path:
    """The elements of a path; ``*`` matches every name and index. Raises ValueError."""
    elements: list[str | int] = []
    position = 0
    while position < len(text):
        position += bool(elements) and text[position] == "."
        element, position = _element(text, position)
        elements.append(element)
    return tuple(elements)


def _element(text: str, position: int) -> tuple[str | int, int]:
    if quoted := _QUOTED.match(text, position):
        return quoted[1].replace('\\"', '"'), quoted.end()
    if index := _INDEX.match(text, position):
        return ("*" if index[1] == "*" else int(index[1])), index.end()
    if name := _NAME.match(text, position):
        return name[0], name.end()
    raise ValueError(f"'{text}' is no property path")


def try_parse(text: str) -> Path | None:
    """The elements of a path, None when it is none."""
    try:
        return parse_path(text)
    except ValueError:
        return None


def join_path(path: Path) -> str:
    """The text of a path."""
    text = ""
    for element in path:
        if isinstance(element, int):
            text += f"[{element}]"
        elif _NEEDS_QUOTES.search(element) or not element:
            text += '["' + element.replace('"', '\\"') + '"]'
        else:
            text += f".{element}" if text else element
    return text


def covers(outer: Path, inner: Path) -> bool:
    """Whether the outer path names the inner one or something above it."""
    if len(inner) < len(outer):
        return False
    return all(here in ("*", there) for here, there in zip(outer, inner, strict=False))


def reset(path: Path, old: Properties, new: Properties) -> tuple[Properties, bool]:
    """New properties with what the path names put back to its old value.

    The second result is False when an element of the path exists on one side only, so that
    nothing sensible can be put back.
    """
    value, possible = _reset(path, old, new)
    return (value, possible) if isinstance(value, dict) else (new, False)


def _reset(path: Path, old: Value, new: Value) -> tuple[Value, bool]:
    if isinstance(old, Secret) or isinstance(new, Secret):
        return _reset_secret(path, old, new)
    head, rest = path[0], path[1:]
    if isinstance(head, int):
        return _reset_index(head, rest, old, new)
    if head == "*":
        return _reset_each(rest, old, new)
    return _reset_name(head, rest, old, new)


def _reset_secret(path: Path, old: Value, new: Value) -> tuple[Value, bool]:
    bare_old = old.value if isinstance(old, Secret) else old
    bare_new = new.value if isinstance(new, Secret) else new
    value, possible = _reset(path, bare_old, bare_new)
    # What comes out of a secret stays one, also where the new value around it is public.
    return (secret(value) if value is not bare_new or isinstance(new, Secret) else value), possible


def _reset_index(index: int, rest: Path, old: Value, new: Value) -> tuple[Value, bool]:
    if not isinstance(old, list) or not isinstance(new, list):
        return new, not isinstance(old, list) and not isinstance(new, list)
    if index < 0 or index >= len(old) or index >= len(new):
        return new, not rest and index >= max(len(old), len(new), 0) and index >= 0
    item, possible = _reset(rest, old[index], new[index]) if rest else (old[index], True)
    return [*new[:index], item, *new[index + 1 :]], possible


def _reset_each(rest: Path, old: Value, new: Value) -> tuple[Value, bool]:
    if isinstance(new, dict) and isinstance(old, dict):
        return _reset_members(rest, old, new)
    if isinstance(new, list) and isinstance(old, list):
        return _reset_items(rest, old, new)
    return new, not rest and isinstance(new, dict | list)


def _reset_members(rest: Path, old: Properties, new: Properties) -> tuple[Value, bool]:
    if not rest:
        return dict(old), True
    if any(key not in new for key in old):
        return new, False
    pairs = {key: _reset(rest, old[key], new[key]) for key in old}
    changed = {key: value for key, (value, _) in pairs.items()}
    return {**new, **changed}, all(possible for _, possible in pairs.values())


def _reset_items(rest: Path, old: list[Value], new: list[Value]) -> tuple[Value, bool]:
    shared = list(zip(old, new, strict=False))
    pairs = [_reset(rest, was, now) if rest else (was, True) for was, now in shared]
    items = [value for value, _ in pairs] + new[len(shared) :]
    return items, len(old) == len(new) and all(possible for _, possible in pairs)


def _reset_name(name: str, rest: Path, old: Value, new: Value) -> tuple[Value, bool]:
    if not rest:
        return _reset_leaf(name, old, new)
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new, not isinstance(old, dict) and not isinstance(new, dict)
    if name not in new:
        return new, name not in old
    member, possible = _reset(rest, old.get(name), new[name])
    return {**new, name: member}, possible


def _reset_leaf(name: str, old: Value, new: Value) -> tuple[Value, bool]:
    if isinstance(old, dict) and name in old:
        return ({**new, name: old[name]}, True) if isinstance(new, dict) else (new, False)
    if isinstance(new, dict):
        return {key: value for key, value in new.items() if key != name}, True
    return new, True
