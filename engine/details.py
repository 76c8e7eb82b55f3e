"""Turns a step into lines that show every input, or every difference of inputs, as text."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from engine.paths import Path, covers, parse_path
from engine.plain import SECRET_TEXT, UNKNOWN_TEXT, blob_text
from engine.steps import Op, Step
from engine.values import Blob, Properties, Reference, Secret, Unknown, Value, same

_RESOURCE_MARK = "@isPulumiResource"

CONTEXT_LINES = 3
"""Unchanged lines shown around a change, as ``diff -u`` does."""


class _Absent:
    """Stands for a property that one side has not."""


_ABSENT = _Absent()
_Side: TypeAlias = "Value | _Absent"


_CONTROLS = {
    code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``mark`` is "+", "-", "~", "@" or " " and decides its colour."""

    mark: str
    indent: int
    text: str


def detail_lines(step: Step, indent: int) -> Iterator[Line]:
    """The inputs a step creates, changes or deletes; multi-line text line by line."""
    hidden = [parse_path(path) for path in step.hide_diffs]
    if step.op in (Op.CREATE, Op.CREATE_REPLACEMENT) and step.new and not step.old:
        yield from _object("+", indent, _shown(step.new.inputs))
    elif step.op in (Op.DELETE, Op.DELETE_REPLACED) and step.old:
        yield from _object("-", indent, _shown(step.old.inputs))
    elif step.old and step.new:
        old, new = _shown(step.old.inputs), _shown(step.new.inputs)
        yield from _Differences(hidden).objects((), indent, old, new)


def output_lines(old: Properties, new: Properties) -> Iterator[Line]:
    """The stack outputs that appear, change or go."""
    yield from _Differences([]).objects((), 1, old, _exported(new, old))


def _exported(new: Properties, old: Value) -> Properties:
    """Outputs without what only a preview knows about exported resources: not to know a value."""
    before = old if isinstance(old, dict) else {}
    from_resource = _RESOURCE_MARK in new
    found: Properties = {}
    for key, value in new.items():
        if isinstance(value, dict):
            found[key] = _exported(value, before.get(key))
        elif from_resource and isinstance(value, Unknown) and key in before:
            found[key] = before[key]
        elif key != _RESOURCE_MARK:
            found[key] = value
    return found


def _shown(properties: Properties) -> Properties:
    return {key: value for key, value in properties.items() if key != "__internal"}


def visible_text(text: str) -> str:
    """The text with control characters written out: a value must not command the terminal."""
    return text.translate(_CONTROLS)


def _opened(value: Value) -> Value:
    """An asset as its text."""
    return blob_text(value) if isinstance(value, Blob) else value


def value_lines(mark: str, indent: int, key: str, value: Value) -> Iterator[Line]:
    """A named value: short ones on one line, text of several lines as it is."""
    value = _opened(value)
    if isinstance(value, dict) and value:
        yield Line(mark, indent, f"{key}:")
        yield from _object(mark, indent + 1, value)
    elif isinstance(value, list) and value:
        yield Line(mark, indent, f"{key}:")
        yield from _items(mark, indent + 1, value)
    elif isinstance(value, str) and "\n" in value:
        yield Line(mark, indent, f"{key}: |")
        for text in _lines(value):
            yield Line(mark, indent + 1, text)
    else:
        yield Line(mark, indent, f"{key}: {scalar_text(value)}")


def _object(mark: str, indent: int, properties: Properties) -> Iterator[Line]:
    for key in sorted(properties):
        yield from value_lines(mark, indent, key, properties[key])


def _items(mark: str, indent: int, items: list[Value]) -> Iterator[Line]:
    for index, item in enumerate(items):
        yield from value_lines(mark, indent, f"[{index}]", item)


def scalar_text(value: Value) -> str:
    """A value without parts, as text on one line."""
    if isinstance(value, Secret):
        return SECRET_TEXT
    if isinstance(value, Unknown):
        return UNKNOWN_TEXT
    if isinstance(value, Reference):
        return value.urn
    return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class _Differences:
    """Walks two values and tells where they differ."""

    hidden: list[Path]

    def objects(self, path: Path, indent: int, old: Properties, new: Properties) -> Iterator[Line]:
        for key in sorted({*old, *new}):
            sides = old.get(key, _ABSENT), new.get(key, _ABSENT)
            yield from self.sides((*path, key), indent, key, sides)

    def sides(
        self, path: Path, indent: int, label: str, sides: tuple[_Side, _Side]
    ) -> Iterator[Line]:
        old, new = sides
        if isinstance(old, _Absent):
            yield from () if isinstance(new, _Absent) else value_lines("+", indent, label, new)
        elif isinstance(new, _Absent):
            yield from value_lines("-", indent, label, old)
        elif not same(old, new):
            yield from self.changed(path, indent, label, (old, new))

    def changed(
        self, path: Path, indent: int, label: str, pair: tuple[Value, Value]
    ) -> Iterator[Line]:
        old, new = map(_opened, pair)
        if any(covers(hidden, path) for hidden in self.hidden):
            yield Line("~", indent, f"{label}: [diff hidden]")
        elif isinstance(old, dict) and isinstance(new, dict):
            yield Line("~", indent, f"{label}:")
            yield from self.objects(path, indent + 1, old, new)
        elif isinstance(old, list) and isinstance(new, list):
            yield Line("~", indent, f"{label}:")
            yield from self.items(path, indent + 1, old, new)
        elif _is_text(old, new):
            yield Line("~", indent, f"{label}: |")
            yield from text_difference(indent + 1, str(old), str(new))
        else:
            yield from _replaced_value(indent, label, old, new)

    def items(self, path: Path, indent: int, old: list[Value], new: list[Value]) -> Iterator[Line]:
        for index in range(max(len(old), len(new))):
            was = old[index] if index < len(old) else _ABSENT
            now = new[index] if index < len(new) else _ABSENT
            yield from self.sides((*path, index), indent, f"[{index}]", (was, now))


def _is_text(old: Value, new: Value) -> bool:
    return isinstance(old, str) and isinstance(new, str) and "\n" in old + new


def _replaced_value(indent: int, label: str, old: Value, new: Value) -> Iterator[Line]:
    simple = not isinstance(old, dict | list) and not isinstance(new, dict | list)
    if simple and not _has_lines(old) and not _has_lines(new):
        yield Line("~", indent, f"{label}: {scalar_text(old)} => {scalar_text(new)}")
    else:
        yield from value_lines("-", indent, label, old)
        yield from value_lines("+", indent, label, new)


def _has_lines(value: Value) -> bool:
    return isinstance(value, str) and "\n" in value


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


def text_difference(indent: int, old: str, new: str) -> Iterator[Line]:
    """The lines of two texts that differ, with some unchanged ones around them."""
    differences = difflib.unified_diff(_lines(old), _lines(new), lineterm="", n=CONTEXT_LINES)
    for text in list(differences)[2:]:  # the first two lines would name files
        if text.startswith("@@"):
            yield Line("@", indent, text)
        else:
            yield Line(text[0], indent, text[1:])
    if old.endswith("\n") != new.endswith("\n"):
        change = "added" if new.endswith("\n") else "removed"
        yield Line("~", indent, f"(line end of the last line {change})")
