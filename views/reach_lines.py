"""Changes of reachability, pair by pair -> the fewest lines that say the same."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from views.danger import Danger, ReachChange
from views.network_record import NetworkRecord


class ReachLine(Struct, frozen=True):
    """Every one of the sources changes alike towards every one of the targets."""

    danger: Danger
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    ports: str
    by_public_address: bool
    why: tuple[str, ...]
    pairs: int


_Likeness = tuple[Danger, str, bool, tuple[str, ...]]


def join_changes(
    changes: Iterable[ReachChange], old: NetworkRecord, new: NetworkRecord
) -> tuple[ReachLine, ...]:
    """Join changes that differ in their ends alone; the most dangerous lines come first."""
    alike: dict[_Likeness, list[ReachChange]] = defaultdict(list)
    for change in changes:
        why = tuple(dict.fromkeys(map(_sentence, change.why)))
        key = (change.danger, str(change.ports), change.by_public_address, why)
        alike[key].append(change)
    groups = _groups(old) | _groups(new)
    lines = [line for key, same in alike.items() for line in _join(key, same, groups)]
    return tuple(sorted(lines, key=lambda line: (line.danger, line.sources, line.targets)))


def _sentence(why: str) -> str:
    """A reason without the name of its flow, which is another one for each device."""
    name, colon, sentence = why.partition(": ")
    return sentence if colon and " " not in name else why


def _join(
    key: _Likeness, changes: Iterable[ReachChange], groups: Mapping[str, frozenset[str]]
) -> Iterator[ReachLine]:
    by_target: dict[str, set[str]] = defaultdict(set)
    for change in changes:
        by_target[change.target].add(change.source)
    by_sources: dict[frozenset[str], set[str]] = defaultdict(set)
    for target, sources in by_target.items():
        by_sources[frozenset(sources)].add(target)
    danger, ports, public, why = key
    for found, targets in by_sources.items():
        yield ReachLine(
            danger=danger,
            sources=_shorten(found, groups),
            targets=_shorten(targets, groups),
            ports=ports,
            by_public_address=public,
            why=why,
            pairs=len(found) * len(targets),
        )


def _groups(record: NetworkRecord) -> dict[str, frozenset[str]]:
    """The evaluated names behind each name that stands for several."""
    return {
        end.name: members
        for end in record.ends.values()
        if len(members := frozenset(_behind(record, end.members))) > 1
    }


def _behind(record: NetworkRecord, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        end = record.ends.get(name)
        yield end.same_as or name if end else name


def _shorten(names: Iterable[str], groups: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Write a site or tenant instead of everything that belongs to it."""
    left, found = set(names), []
    for group, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        if members <= left:
            left -= members
            found.append(group)
    return tuple(sorted((*found, *left)))
