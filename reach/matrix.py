"""All verdicts -> who can reach whom, on one screen of a terminal."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from textwrap import wrap

from msgspec import Struct

from plan.model import Origin
from reach.findings import Endpoint, EndpointKind, FlowNote, Part
from reach.model import Reach
from reach.portset import PortSet
from reach.rows import flows_of

WIDTH = 100
INDENT = "  "
# More names than this in a line are counted instead: nobody reads on.
MAX_NAMES = 4

FROM_INTERNET = "From the internet"
FROM_VPN = "From the VPNs"
BETWEEN_SITES = "Between sites"
INSIDE = "Inside {site}"
CLUSTER = "Pods"
TO_INTERNET = "To the internet"
IMPLIED = "Implied by roles (each can be switched off under la1r:network)"
NOT_ENFORCEABLE = "Not enforceable: open, and no rule could close it"


class Opening(Struct):
    """What one flow opens, gathered over all pairs."""

    note: FlowNote
    ports: PortSet


def matrix_text(reach: Reach) -> str:
    """The matrix, grouped by where connections begin; what no flow speaks of comes last."""
    return "\n".join(
        (*declared_lines(reach), *undeclared_lines(reach), "Everything else is closed.")
    )


def declared_lines(reach: Reach) -> tuple[str, ...]:
    """What the declared flows open, by where connections begin."""
    sections: dict[str, list[str]] = defaultdict(list)
    ends = {endpoint.name: endpoint for endpoint in reach.endpoints}
    for opening in _openings(reach):
        sections[_section(ends, opening.note)].append(_line(opening))
    order = (FROM_INTERNET, FROM_VPN, BETWEEN_SITES, *_inside(sections), CLUSTER, TO_INTERNET)
    return tuple(line for title in order for line in _block(title, sections.get(title, [])))


def undeclared_lines(reach: Reach) -> tuple[str, ...]:
    """What is open by roles, and what no rule could close."""
    return (
        *_block(IMPLIED, _implied_lines(reach)),
        *_block(NOT_ENFORCEABLE, list(_unguarded_lines(reach))),
    )


def _block(title: str, lines: list[str]) -> Iterator[str]:
    if not lines:
        return
    yield title
    for line in lines:
        yield from _wrapped(line)


def _wrapped(line: str) -> list[str]:
    # Names hold hyphens, and half a name is none.
    return wrap(
        line,
        WIDTH,
        initial_indent=INDENT,
        subsequent_indent=INDENT * 3,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _inside(sections: Iterable[str]) -> tuple[str, ...]:
    start = INSIDE.format(site="")
    return tuple(sorted(title for title in sections if title.startswith(start)))


# ---------------------------------------------------------------- flows


def _openings(reach: Reach) -> Iterator[Opening]:
    """The declared flows that open something."""
    opened = _ports_by_flow(reach)
    for name, note in reach.notes.items():
        if name in opened and note.origin is Origin.DECLARED:
            yield Opening(note, opened[name])


def _ports_by_flow(reach: Reach) -> dict[str, PortSet]:
    """What is really open by the rules of each flow; a part counts for the flow that began it."""
    found: dict[str, PortSet] = {}
    for verdict in reach.verdicts.opened():
        for part in verdict.working:
            for name in flows_of(part, reach.notes)[:1]:
                found[name] = found.get(name, PortSet()) | _named_ports(part, reach.notes[name])
    return found


def _named_ports(part: Part, note: FlowNote) -> PortSet:
    outside = part.through_internet and EndpointKind.INTERNET not in note.sources
    return PortSet.nothing if outside and note.origin is Origin.DECLARED else part.ports


def _line(opening: Opening) -> str:
    note = opening.note
    ends = f"{_names(note.sources)} -> {_names(note.targets)}"
    return f"{ends}: {opening.ports} ({note.why})"


def _names(names: Iterable[str]) -> str:
    listed = list(dict.fromkeys(names))
    more = len(listed) - MAX_NAMES
    shown = ", ".join(listed[:MAX_NAMES])
    return f"{shown} and {more} more" if more > 0 else shown


def _section(ends: dict[str, Endpoint], note: FlowNote) -> str:
    """The section of a flow, by its first pair of ends."""
    source, target = ends.get(note.sources[0]), ends.get(note.targets[0])
    if note.sources[0] == EndpointKind.INTERNET:
        return FROM_INTERNET
    if note.targets[0] == EndpointKind.INTERNET:
        return TO_INTERNET
    if source is None or target is None:
        return CLUSTER
    if source.kind in (EndpointKind.VPN, EndpointKind.CLIENT):
        return FROM_VPN
    if source.site is None:
        return CLUSTER
    apart = target.site is not None and source.site != target.site
    return BETWEEN_SITES if apart else INSIDE.format(site=source.site)


def _implied_lines(reach: Reach) -> list[str]:
    """Implied flows by kind and reason: one line for all that are open for the same one."""
    opened = _ports_by_flow(reach)
    kinds: dict[str, dict[str, list[Opening]]] = defaultdict(lambda: defaultdict(list))
    for name, note in reach.notes.items():
        if name in opened and note.origin is Origin.IMPLIED:
            kinds[name.partition("/")[0]][note.why].append(Opening(note, opened[name]))
    return [
        _implied_line(kind, group) for kind, reasons in kinds.items() for group in reasons.values()
    ]


def _implied_line(kind: str, group: list[Opening]) -> str:
    sources = _names(name for opening in group for name in opening.note.sources)
    targets = _names(name for opening in group for name in opening.note.targets)
    ports = PortSet()
    for opening in group:
        ports |= opening.ports
    alone = all(set(opening.note.sources) == set(opening.note.targets) for opening in group)
    single = len({name for opening in group for name in opening.note.sources}) == 1
    itself = "with itself" if single else "each with itself"
    ends = f"{sources}, {itself}" if alone else f"{sources} -> {targets}"
    return f"{kind}: {ends}: {ports} ({group[0].note.why})"


# ---------------------------------------------------------------- what nobody can close


def _unguarded_lines(reach: Reach) -> Iterator[str]:
    """By reason: who reaches whom without any rule being asked."""
    grouped: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for verdict in reach.verdicts.opened():
        reasons = {part.reason for part in verdict.working if not part.enforced}
        for reason in sorted(reasons)[:1]:
            grouped[reason].append(verdict.pair)
    for reason, pairs in sorted(grouped.items()):
        yield f"{reason}: {_pairs_text(pairs)}"


def _pairs_text(pairs: list[tuple[str, str]]) -> str:
    """Pairs by their source; those who meet among themselves are named once."""
    among = [source for source, target in pairs if source == target]
    others: dict[str, list[str]] = defaultdict(list)
    for source, target in pairs:
        if source != target:
            others[target].append(source)
    by_sources: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for target, sources in others.items():
        by_sources[tuple(sorted(sources))].append(target)
    ordered = sorted(by_sources.items(), key=lambda item: (-len(item[0]) * len(item[1]), item[0]))
    texts = [f"{_names(sources)} -> {_names(targets)}" for sources, targets in ordered]
    if len(texts) > MAX_NAMES:
        hidden = sum(len(sources) * len(targets) for sources, targets in ordered[MAX_NAMES:])
        texts = [*texts[:MAX_NAMES], f"{hidden} more {'pair' if hidden == 1 else 'pairs'}"]
    if among:
        each = "each " if len(among) > 1 else ""
        texts.insert(0, f"{_names(among)}, {each}among themselves")
    return "; ".join(texts)
