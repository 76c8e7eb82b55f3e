"""Facts of things in two networks -> the things that appeared, went, or differ."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from views.network_facts import KINDS, Facts
from views.network_record import NetworkRecord


class Sign(StrEnum):
    """What happened to a thing."""

    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


class FieldChange(Struct, frozen=True):
    """One field of a thing, before and after; empty where there was or is nothing."""

    field: str
    before: str
    after: str


class ThingChange(Struct, frozen=True):
    """A thing that appeared, went, or differs in some fields."""

    kind: str
    sign: Sign
    name: str
    fields: tuple[FieldChange, ...]


def compare_things(old: NetworkRecord, new: NetworkRecord) -> Iterator[ThingChange]:
    """Every change of a thing, kind by kind in the order in which they are shown."""
    for kind in KINDS:
        # An older network.json may not tell of every kind; an empty network tells that it has none.
        if not all(kind.title in one.facts for one in (old, new) if one.facts):
            continue
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
    return ThingChange(kind, sign_of(before, after), name, fields)


def sign_of(before: object, after: object) -> Sign:
    """What happened to a thing or a file of which these are the old and the new one."""
    if before is None:
        return Sign.ADDED
    return Sign.REMOVED if after is None else Sign.CHANGED
