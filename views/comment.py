"""A difference and the steps of a preview -> one Markdown comment on a pull request.

The danger and the counts come first, details are folded, and whatever the size of the change the
comment stays under what GitHub takes (65,536 characters). Its first line never changes, so that
the same comment is found again and edited in place.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from views.danger import Danger
from views.difference import Difference, FileChange
from views.difference_text import count_lines, mark_of, name_some, part_lines, thing_text
from views.markdown import block, code, fold, plain, shorten, size, tag, take
from views.network_facts import CLIENTS
from views.reach_lines import ReachLine
from views.thing_changes import Sign
from views.trust import TITLE

MAX_SIZE = 60_000
# Bytes for each part, so that no part pushes out the one after it; device lines get the rest.
DANGER_SIZE = 3_300  # for each kind of danger, and for trust
FOLDED_SIZE = 5_500
THINGS_SIZE = 9_000
RESOURCES_SIZE = 8_000
REMARKS_SIZE = 4_000
# What the end of the comment and the ends of folded parts take.
RESERVE = 1_500
# The worst operation first.
OPERATIONS = ("delete", "replace", "update", "create")
_SIGNS = {"delete": "-", "replace": "+-", "update": "~", "create": "+"}


class ResourceChange(Struct, frozen=True):
    """A resource with what would be done to it, and the inputs that change."""

    operation: str
    type: str
    name: str
    inputs: tuple[str, ...]


class Report(Struct, frozen=True):
    """All that a comment tells; `resources` is None where they were not compared."""

    stack: str
    against: str
    remarks: tuple[str, ...]
    difference: Difference | None
    resources: tuple[ResourceChange, ...] | None


def comment_text(report: Report) -> str:
    """The comment for a preview that went well."""
    resources = report.resources or ()
    parts = [
        [marker(report.stack), _changed_line(report), f"### {_title(report)}", ""],
        _remarks(report.remarks),
        *(_reach_parts(report.difference) if report.difference else ()),
        _things(report.difference) if report.difference else [],
        _resources(resources),
    ]
    end = ["", f"Compared with {code(report.against)}."]
    room = MAX_SIZE - RESERVE - sum(size(line) + 1 for part in (*parts, end) for line in part)
    files = _files(report.difference.files, room) if report.difference else []
    return "\n".join(line for part in (*parts, files, end) for line in part) + "\n"


def refusal_text(stack: str, reason: str, messages: Sequence[str]) -> str:
    """The comment where there is nothing to compare, because something has to be repaired first."""
    lines = [plain(line) for message in messages for line in (*message.split("\n"), "")]
    shown, left = take(lines[:-1], MAX_SIZE // 2)
    more = [f"and {_plural(left, 'more line')}"] if left else []
    head = [marker(stack), _hidden("changes=1"), f"### {code(stack)}: {reason}", ""]
    return "\n".join((*head, *block([*shown, *more], "text"), ""))


def marker(stack: str) -> str:
    """The first line, by which the comment of a stack is found again."""
    return _hidden(f"la1r difference {stack}")


def _hidden(text: str) -> str:
    # Names of stacks hold no such signs; whatever else comes may not end the HTML comment early.
    return f"<!-- {text.replace('--', '').replace('>', '')} -->"


def _changed_line(report: Report) -> str:
    changed = report.difference is None or bool(report.difference) or bool(report.resources)
    return _hidden(f"changes={int(changed)}")


# ---------------------------------------------------------------- the head


def _title(report: Report) -> str:
    counts = [*_reach_counts(report.difference), *_resource_counts(report.resources)]
    return f"{code(report.stack)}: {', '.join(counts) or 'nothing changes'}"


def _reach_counts(difference: Difference | None) -> Iterator[str]:
    if difference is None:
        return
    pairs = Counter(change.danger for change in difference.reach)
    if lost := pairs[Danger.MANAGEMENT_LOST]:
        yield f"**management lost on {_plural(lost, 'way')}**"
    if opened := sum(count for danger, count in pairs.items() if danger.opens):
        outside = pairs[Danger.FROM_INTERNET]
        yield f"{_plural(opened, 'pair')} opened" + (
            f" (**{outside} from the internet**)" if outside else ""
        )
    if unguarded := pairs[Danger.UNGUARDED]:
        yield f"{_plural(unguarded, 'pair')} no longer guarded"
    if closed := pairs[Danger.CLOSED]:
        yield f"{_plural(closed, 'pair')} closed"
    if not pairs and difference:
        yield "who can reach whom stays as it is"
    clients = Counter(each.sign for each in difference.things if each.kind == CLIENTS)
    for sign, word in ((Sign.ADDED, "new"), (Sign.REMOVED, "removed")):
        if clients[sign]:
            yield _plural(clients[sign], f"{word} VPN client")
    # A new client is a matter of trust, and counted already.
    if trust := len(difference.trust) - clients[Sign.ADDED]:
        yield f"**{_plural(trust, 'change')} of trust**"


def _resource_counts(resources: tuple[ResourceChange, ...] | None) -> Iterator[str]:
    counts = Counter(change.operation for change in resources or ())
    for operation in OPERATIONS:
        if counts[operation]:
            yield f"{_plural(counts[operation], 'resource')} to {operation}"


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _remarks(remarks: Iterable[str]) -> list[str]:
    lines, left = take([f"> - {code(remark)}" for remark in remarks], REMARKS_SIZE)
    if left:
        lines.append(f"> - and {left} more")
    return ["> [!NOTE]", *lines, ""] if lines else []


# ---------------------------------------------------------------- reachability


def _reach_parts(difference: Difference) -> Iterator[list[str]]:
    """What is lost or opened stands open; what is closed is folded."""
    grave, rest = part_lines(difference)
    yield from _opened_and_closed(grave)
    if difference.trust:
        yield _open_part(TITLE, [f"- {code('!')} {code(each)}" for each in difference.trust])
    yield from _opened_and_closed(rest)


def _opened_and_closed(found: Iterable[ReachLine]) -> Iterator[list[str]]:
    for danger, lines in groupby(found, key=lambda line: line.danger):
        written = [_reach_line(line) for line in lines]
        if danger <= Danger.OPENED:
            yield _open_part(danger.title, written)
        else:
            title = f"{danger.title}: {_plural(len(written), 'line')}"
            yield fold(title, _cut(written, FOLDED_SIZE))


def _open_part(title: str, lines: Sequence[str]) -> list[str]:
    return [f"**{title}**", "", *_cut(lines, DANGER_SIZE), ""]


def _reach_line(line: ReachLine) -> str:
    way = " by the public address" if line.by_public_address else ""
    ends = f"{code(name_some(line.sources))} → {code(name_some(line.targets))}"
    mark = code(mark_of(line.danger))
    return f"- {mark} {ends}{way}: {code(line.ports)} ({code('; '.join(line.why))})"


def _cut(lines: Sequence[str], budget: int) -> list[str]:
    shown, left = take(lines, budget)
    return [*shown, f"- and {left} more"] if left else shown


# ---------------------------------------------------------------- the rest


def _things(difference: Difference) -> list[str]:
    if not difference.things:
        return []
    lines = [
        f"- {code(change.sign)} {change.kind}: {code(thing_text(change))}"
        for change in difference.things
    ]
    title = f"Addresses, flows, clients, devices: {_plural(len(lines), 'change')}"
    return fold(title, _cut(lines, THINGS_SIZE))


def _resources(resources: Sequence[ResourceChange]) -> list[str]:
    if not resources:
        return []
    ordered = sorted(
        resources,
        key=lambda change: (OPERATIONS.index(change.operation), change.type, change.name),
    )
    lines = [
        f"- {code(_SIGNS[change.operation])} {change.operation} {code(change.type)}"
        f" {code(change.name)}" + (f" ({code(', '.join(change.inputs))})" if change.inputs else "")
        for change in ordered
    ]
    return fold(f"Resources: {_plural(len(lines), 'change')}", _cut(lines, RESOURCES_SIZE))


def _files(files: Sequence[FileChange], room: int) -> list[str]:
    """As many whole files as there is room for, the rest by name and then by number."""
    found: list[str] = []
    for index, file in enumerate(files):
        head = f"{tag(file.name)}: {count_lines(file)}"
        part = fold(head, block(file.lines, "diff"))
        room -= sum(size(line) + 1 for line in part)
        if room < 0:
            left = _plural(len(files) - index, "more file")
            return [*found, shorten(f"{left} with changed lines: too many to show here."), ""]
        found += part
    return found
