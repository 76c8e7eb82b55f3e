"""Two records of networks -> all that differs between them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from enum import StrEnum

from views.danger import ReachChange, find_reach_changes
from views.network_facts import KINDS, Facts
from views.network_record import NetworkRecord
from views.reach_lines import ReachLine, join_changes

# Unchanged lines around a change, as `diff -u` shows them.
CONTEXT_LINES = 3


class Sign(StrEnum):
    """What happened to a thing."""

    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a thing, before and after; empty where there was or is nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ThingChange:
    """A thing that appeared, went, or differs in some fields."""

    kind: str
    sign: Sign
    name: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class FileChange:
    """The lines of one file of a device that differ, as a unified diff without its head."""

    sign: Sign
    name: str
    lines: tuple[str, ...]

    @property
    def added(self) -> int:
        """How many lines appear."""
        return sum(line.startswith("+") for line in self.lines)

    @property
    def removed(self) -> int:
        """How many lines go."""
        return sum(line.startswith("-") for line in self.lines)


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes: who reaches whom, things, and lines of devices."""

    reach: tuple[ReachChange, ...]
    lines: tuple[ReachLine, ...]
    things: tuple[ThingChange, ...]
    files: tuple[FileChange, ...]

    def __bool__(self) -> bool:
        return bool(self.reach or self.things or self.files)


def compare_networks(old: NetworkRecord, new: NetworkRecord) -> Difference:
    """Find everything that differs, in an order that the networks alone decide."""
    reach = find_reach_changes(old, new)
    return Difference(
        reach=reach,
        lines=join_changes(reach, old, new),
        things=tuple(_compare_things(old, new)),
        files=tuple(_compare_files(old.files, new.files)),
    )


def _compare_things(old: NetworkRecord, new: NetworkRecord) -> Iterator[ThingChange]:
    for kind in KINDS:
        before, after = old.facts.get(kind.title, {}), new.facts.get(kind.title, {})
        for name in sorted(before.keys() | after.keys()):
            change = _compare_thing(kind.title, name, before.get(name), after.get(name))
            if change is not None:
                yield change


def _compare_thing(
    kind: str, name: str, before: Facts | None, after: Facts | None
) -> ThingChange | None:
    if before == after:
        return None
    old, new = before or {}, after or {}
    fields = tuple(
        FieldChange(field, old.get(field, ""), new.get(field, ""))
        for field in dict.fromkeys((*old, *new))
        if old.get(field, "") != new.get(field, "")
    )
    return ThingChange(kind, _sign(before, after), name, fields)


def _sign(before: object, after: object) -> Sign:
    if before is None:
        return Sign.ADDED
    return Sign.REMOVED if after is None else Sign.CHANGED


def _compare_files(
    old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]
) -> Iterator[FileChange]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        # The first two lines would name the file.
        lines = list(unified_diff(before or (), after or (), lineterm="", n=CONTEXT_LINES))[2:]
        yield FileChange(_sign(before, after), name, tuple(lines))
