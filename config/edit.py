"""The text of a YAML file -> the same text with one entry of a mapping more, or less.

A dump of the whole file would move blanks, quotes and line breaks that its writer chose. Here the
parser says where things stand, and all other bytes stay as they are: comments, order, line ends.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import yaml

from config.scalars import write_scalar
from config.tree import Loader

Written = str | int | Mapping[str, "Written"]

# What stands for a value that is written elsewhere, and an anchor that others point to.
ALIAS = re.compile(r"\*[^\s,\[\]{}]+")
OPENING = re.compile(r":[ \t]*(?:&[^\s,\[\]{}]+)?")
# Blanks by which an entry is indented where no neighbour shows how.
STEP = 2


class EditError(Exception):
    """The entry cannot be written or removed by itself; it carries the reason as a clause."""


class Cut(NamedTuple):
    """Text that takes the place of what stood between two characters."""

    start: int
    end: int
    text: str = ""


class Place(NamedTuple):
    """A mapping of the file, and the key that it stands behind."""

    key: yaml.Node
    mapping: yaml.MappingNode

    @property
    def entries(self) -> list[tuple[yaml.Node, yaml.Node]]:
        """Its keys and values, in the order of the file."""
        entries: list[tuple[yaml.Node, yaml.Node]] = self.mapping.value
        return entries


def add_entry(text: str, path: Sequence[str], entry: tuple[str, Written]) -> str:
    """Write an entry behind the last of the mapping at that path, in the style of that last one.

    Raises EditError where the mapping is not there, or is written elsewhere.
    """
    place = _find(text, path)
    if place.mapping.flow_style:
        return _apply(text, _add_to_flow(text, place, entry))
    return _apply(text, [_add_to_block(text, place, entry)])


def remove_entry(text: str, path: Sequence[str]) -> str:
    """Take the entry at that path away; a block mapping without any other goes with it.

    Raises EditError where the entry is not there, or is written elsewhere.
    """
    place = _find(text, path[:-1])
    number = _number_of(place, path[-1])
    if place.mapping.flow_style:
        return _apply(text, _remove_from_flow(text, place, number))
    if len(place.entries) > 1:
        return _apply(text, [_cut_lines(text, *place.entries[number])])
    opening = OPENING.match(text, place.key.end_mark.index)
    end = opening.end() if opening else place.key.end_mark.index
    first = _line_start(text, place.entries[0][0].start_mark.index)
    if text[place.key.end_mark.index : first].rstrip("\r\n") == ":":
        return remove_entry(text, path[:-1])
    # An anchor or a comment stands there, which nobody asked to take away.
    return _apply(text, [Cut(end, end, " {}"), _cut_lines(text, *place.entries[number])])


def keys_at(text: str, path: Sequence[str]) -> tuple[str, ...]:
    """The keys of the mapping at that path; raises EditError where there is none."""
    return tuple(str(key.value) for key, _ in _find(text, path).entries)


def _apply(text: str, cuts: Sequence[Cut]) -> str:
    """The text with all cuts made; those at one place stay in their order."""
    pieces, index = [], 0
    for cut in sorted(cuts, key=lambda cut: cut.start):
        pieces += [text[index : cut.start], cut.text]
        index = cut.end
    return "".join((*pieces, text[index:]))


# ---------------------------------------------------------------- finding


def _find(text: str, path: Sequence[str]) -> Place:
    """The mapping at a path of keys."""
    root = yaml.compose(text, Loader=Loader)
    if not isinstance(root, yaml.MappingNode):
        raise EditError("the file is no mapping")
    place = Place(root, root)
    for step in path:
        key, value = place.entries[_number_of(place, step)]
        if value.start_mark.index < key.start_mark.index:
            raise EditError(f"{step} is an alias of what is written elsewhere")
        if not isinstance(value, yaml.MappingNode):
            raise EditError(f"{step} is no mapping")
        place = Place(key, value)
    return place


def _number_of(place: Place, name: str) -> int:
    for number, (key, _) in enumerate(place.entries):
        if isinstance(key, yaml.ScalarNode) and key.value == name:
            return number
    raise EditError(f"there is no {name}")


def _end_of(text: str, key: yaml.Node, value: yaml.Node) -> int:
    """Behind the last character of an entry, without comments and line breaks."""
    if value.start_mark.index < key.start_mark.index:
        return _end_of_alias(text, key.end_mark.index)
    if isinstance(value, yaml.ScalarNode):
        end: int = value.end_mark.index
        return len(text[:end].rstrip()) if value.style in ("|", ">") else end
    if not isinstance(value, yaml.CollectionNode) or value.flow_style:
        return int(value.end_mark.index)
    if isinstance(value, yaml.MappingNode):
        return _end_of(text, *value.value[-1])
    return _end_of(text, value, value.value[-1])


def _end_of_alias(text: str, start: int) -> int:
    found = ALIAS.search(text, start)
    return found.end() if found else start


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _line_end(text: str, index: int) -> int:
    """Where the line break begins that ends the line, or the text ends."""
    end = text.find("\n", index)
    if end < 0:
        return len(text)
    return end - 1 if text[end - 1] == "\r" else end


def _line_break(text: str, index: int) -> str:
    """The line break of the line, else that of the file."""
    end = text.find("\n", index)
    if end < 0:
        end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


# ---------------------------------------------------------------- writing values


def _write_flow(value: Written) -> str:
    if isinstance(value, Mapping):
        inner = (f"{write_scalar(key)}: {_write_flow(item)}" for key, item in value.items())
        return "{" + ", ".join(inner) + "}"
    return write_scalar(value)


def _write_block(entry: tuple[str, Written], like: yaml.Node, column: int) -> Iterator[str]:
    """The lines of an entry, in block or flow style as the neighbour's value is."""
    name, value = entry
    start = f"{' ' * column}{write_scalar(name)}:"
    block = isinstance(like, yaml.MappingNode) and not like.flow_style
    if isinstance(value, Mapping) and (block or _holds_mappings(value)):
        key, inner = like.value[-1] if block else (like, like)
        # An alias stands elsewhere, and its column says nothing here.
        step = key.start_mark.column - column if block else 0
        yield start
        for item in value.items():
            yield from _write_block(item, inner, column + (step if step > 0 else STEP))
    else:
        yield f"{start} {_write_flow(value)}"


def _holds_mappings(value: Mapping[str, Written]) -> bool:
    """Whether it has room for more entries, which then get lines of their own."""
    return any(isinstance(item, Mapping) for item in value.values())


# ---------------------------------------------------------------- adding


def _add_to_block(text: str, place: Place, entry: tuple[str, Written]) -> Cut:
    key, value = place.entries[-1]
    last = _end_of(text, key, value)
    end, line_break = _line_end(text, last), _line_break(text, last)
    lines = _write_block(entry, value, place.entries[0][0].start_mark.column)
    return Cut(end, end, "".join(f"{line_break}{line}" for line in lines))


def _add_to_flow(text: str, place: Place, entry: tuple[str, Written]) -> list[Cut]:
    written = f"{write_scalar(entry[0])}: {_write_flow(entry[1])}"
    if not place.entries:
        start = text.index("{", place.mapping.start_mark.index) + 1
        return [Cut(start, start, written)]
    end = _end_of(text, *place.entries[-1])
    closing = place.mapping.end_mark.index - 1
    comma = _find_comma(text, end, closing)
    last = end if comma is None else comma + 1
    if not _is_on_own_line(text, place.entries[-1][0]):
        return [Cut(last, last, f" {written}," if comma is not None else f", {written}")]
    indent = " " * place.entries[-1][0].start_mark.column
    new = f"{_line_break(text, last)}{indent}{written}"
    line = _line_end(text, last)
    if comma is not None:
        return [Cut(line, line, f"{new},")] if line < closing else [Cut(last, last, new)]
    if line < closing:
        return [Cut(end, end, ","), Cut(line, line, new)]
    return [Cut(end, end, f",{new}")]


def _is_on_own_line(text: str, key: yaml.Node) -> bool:
    start = key.start_mark.index
    return not text[_line_start(text, start) : start].strip()


def _find_comma(text: str, start: int, end: int) -> int | None:
    """The comma between two entries, or behind the last; comments between are passed over."""
    index = start
    while index < end:
        if text[index] == ",":
            return index
        index = text.find("\n", index) if text[index] == "#" else index + 1
        if index < 0:
            break
    return None


# ---------------------------------------------------------------- removing


def _cut_lines(text: str, key: yaml.Node, value: yaml.Node) -> Cut:
    """The lines of an entry of a block mapping, with the comments behind them."""
    if not _is_on_own_line(text, key):
        raise EditError("it begins on a line that holds something else")
    start, end = _line_start(text, key.start_mark.index), _line_end(text, _end_of(text, key, value))
    if end == len(text) and start:
        return Cut(_line_end(text, start - 1), end)
    return Cut(start, min(end + len(_line_break(text, end)), len(text)))


def _remove_from_flow(text: str, place: Place, number: int) -> list[Cut]:
    key, value = place.entries[number]
    start, end = key.start_mark.index, _end_of(text, key, value)
    closing = place.mapping.end_mark.index - 1
    comma = _find_comma(text, end, closing)
    if _is_on_own_line(text, key) and "\n" in text[end:closing]:
        return _remove_line(text, place, number)
    if number + 1 < len(place.entries):
        return [Cut(start, place.entries[number + 1][0].start_mark.index)]
    gap = text[_end_of(text, *place.entries[number - 1]) : start] if number else "#"
    if "#" not in gap:
        # With the comma before it, or the one behind it: as many stay as there were.
        first = start - len(gap)
        return [Cut(first, end)] if comma is None else [Cut(first + gap.index(",") + 1, comma + 1)]
    return [Cut(start, end if comma is None else comma + 1)]


def _remove_line(text: str, place: Place, number: int) -> list[Cut]:
    """An entry with lines of its own, in braces; the one before it may have a comma too many."""
    key, value = place.entries[number]
    start, end = _line_start(text, key.start_mark.index), _end_of(text, key, value)
    closing = place.mapping.end_mark.index - 1
    comma = _find_comma(text, end, closing)
    last = _line_end(text, end if comma is None else comma)
    following = place.entries[number + 1 : number + 2]
    if following and following[0][0].start_mark.index < last:
        return [Cut(key.start_mark.index, following[0][0].start_mark.index)]
    cuts = [Cut(start, last + len(_line_break(text, last)))]
    if comma is None and number:
        former = _find_comma(text, _end_of(text, *place.entries[number - 1]), start)
        cuts += [Cut(former, former + 1)] if former is not None else []
    return cuts
