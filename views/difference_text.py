"""A difference of two networks -> lines for a terminal, and a record for programs."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec import Struct

from render.manifest import Json
from views.danger import Danger
from views.difference import Difference, FileChange
from views.reach_lines import ReachLine
from views.thing_changes import ThingChange
from views.trust import TITLE

# More names than this in a line are counted instead: nobody reads on.
MAX_NAMES = 6
# All but tabs and what ASCII can print.
_OTHERS = re.compile(r"[^\t -~]")


class Line(Struct, frozen=True):
    """One line; its mark (`!`, `+`, `-`, `~`, `@`, `#` for a title, or none) decides its colour."""

    mark: str
    text: str


def difference_lines(difference: Difference) -> Iterator[Line]:
    """Everything that differs, the most dangerous first, every line of every device last."""
    if not difference:
        yield Line("", "The two networks are the same.")
        return
    yield from _reach_lines(difference)
    for kind, changes in groupby(difference.things, key=lambda change: change.kind):
        yield Line("#", kind)
        for change in changes:
            yield Line(change.sign.value, f"  {change.sign} {visible(thing_text(change))}")
    if difference.files:
        yield Line("#", "Device lines")
    for file in difference.files:
        yield from _file_lines(file)


def _reach_lines(difference: Difference) -> Iterator[Line]:
    if not difference.lines:
        yield Line("#", "Who can reach whom stays as it is.")
    grave, rest = part_lines(difference)
    yield from _write_reach(grave)
    if difference.trust:
        yield Line("#", TITLE)
    for sentence in difference.trust:
        yield Line("!", f"  ! {visible(sentence)}")
    yield from _write_reach(rest)


def part_lines(difference: Difference) -> tuple[list[ReachLine], list[ReachLine]]:
    """What has to be seen first, and what only adds to it or closes something."""
    lines = difference.lines
    grave = [line for line in lines if line.danger < Danger.OPENED]
    return grave, [line for line in lines if line.danger >= Danger.OPENED]


def _write_reach(found: Iterable[ReachLine]) -> Iterator[Line]:
    for danger, lines in groupby(found, key=lambda line: line.danger):
        yield Line("#", danger.title)
        for line in lines:
            mark = mark_of(danger)
            yield Line(mark, f"  {mark} {visible(reach_text(line))}")


def _file_lines(file: FileChange) -> Iterator[Line]:
    yield Line(file.sign.value, f"  {file.sign} {visible(file.name)}: {count_lines(file)}")
    for line in file.lines:
        yield Line("@" if line.startswith("@@") else line[:1].strip(), f"      {visible(line)}")


def count_lines(file: FileChange) -> str:
    """`1 line added, 2 removed`."""
    return f"{file.added} {'line' if file.added == 1 else 'lines'} added, {file.removed} removed"


def mark_of(danger: Danger) -> str:
    """The mark before a change of reachability."""
    if danger.opens:
        return "+"
    return "-" if danger is Danger.CLOSED else "!"


def reach_text(line: ReachLine) -> str:
    """`home.users -> home/nas: tcp/139 (backups)`."""
    way = " by the public address" if line.by_public_address else ""
    ends = f"{name_some(line.sources)} -> {name_some(line.targets)}"
    return f"{ends}{way}: {line.ports} ({'; '.join(line.why)})"


def thing_text(change: ThingChange) -> str:
    """`home/nas: address 192.0.2.1 -> 192.0.2.2`; without arrows for what is new or gone."""
    fields = ", ".join(
        f"{field.field} {field.before or 'none'} -> {field.after or 'none'}"
        if change.sign.value == "~"
        else f"{field.field} {field.after or field.before}"
        for field in change.fields
    )
    return f"{change.name}: {fields}" if fields else change.name


def name_some(names: Iterable[str]) -> str:
    """The names, the last ones counted where there are many."""
    listed = list(names)
    more = len(listed) - MAX_NAMES
    # To count a single name is no shorter than to write it.
    if more <= 1:
        return ", ".join(listed)
    return f"{', '.join(listed[:MAX_NAMES])} and {more} more"


def visible(text: str) -> str:
    """The text with control and format characters written out, so that it commands nothing."""
    return text if text.isprintable() else _OTHERS.sub(_write_out, text)


def _write_out(found: re.Match[str]) -> str:
    char = found[0]
    return char if char.isprintable() else f"\\u{ord(char):04x}"


def difference_record(difference: Difference) -> dict[str, Json]:
    """The difference as plain data, every pair for itself."""
    return {
        "reach": [
            {
                "danger": change.danger.name.lower(),
                "source": change.source,
                "target": change.target,
                "ports": list(change.ports.texts()),
                "by_public_address": change.by_public_address,
                "why": list(change.why),
            }
            for change in difference.reach
        ],
        "trust": list(difference.trust),
        "things": [
            {
                "kind": change.kind,
                "sign": change.sign.value,
                "name": change.name,
                "fields": [
                    {"field": field.field, "before": field.before, "after": field.after}
                    for field in change.fields
                ],
            }
            for change in difference.things
        ],
        "files": [
            {"sign": file.sign.value, "name": file.name, "lines": list(file.lines)}
            for file in difference.files
        ],
    }
