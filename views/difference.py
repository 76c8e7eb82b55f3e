"""Two records of networks -> all that differs between them."""

from collections.abc import Iterator, Mapping
from difflib import unified_diff

from msgspec import Struct

from views.danger import ReachChange, find_reach_changes
from views.network_record import NetworkRecord
from views.reach_lines import ReachLine, join_changes
from views.thing_changes import Sign, ThingChange, compare_things, sign_of
from views.trust import find_trust

# Unchanged lines around a change, as `diff -u` shows them.
CONTEXT_LINES = 3


class FileChange(Struct, frozen=True):
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


class Difference(Struct, frozen=True):
    """What changes: who reaches whom, things, and lines of devices."""

    reach: tuple[ReachChange, ...]
    lines: tuple[ReachLine, ...]
    things: tuple[ThingChange, ...]
    files: tuple[FileChange, ...]

    @property
    def trust(self) -> tuple[str, ...]:
        """Sentences on who or what is believed: keys, clients, guards."""
        return find_trust(self.things)

    def __bool__(self) -> bool:
        return bool(self.reach or self.things or self.files)


def compare_networks(old: NetworkRecord, new: NetworkRecord) -> Difference:
    """Find everything that differs, in an order that the networks alone decide."""
    reach = find_reach_changes(old, new)
    return Difference(
        reach=reach,
        lines=join_changes(reach, old, new),
        things=tuple(compare_things(old, new)),
        files=tuple(_compare_files(old.files, new.files)),
    )


def _compare_files(
    old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]
) -> Iterator[FileChange]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        # The first two lines would name the file.
        lines = list(unified_diff(before or (), after or (), lineterm="", n=CONTEXT_LINES))[2:]
        yield FileChange(sign_of(before, after), name, tuple(lines))
