"""The records of two networks -> who can reach more than before, and who can reach less."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from reach.portset import PortSet, read_ports
from reach.rows import Row

SCHEMA_KEY = "matrix"


class RowFormError(Exception):
    """A record of reachability has another form than the ones written here."""


class Change(Struct, frozen=True):
    """Ports that one pair gained or lost, by what way, and why they are or were open."""

    source: str
    target: str
    ports: PortSet
    by_public_address: bool
    why: tuple[str, ...]


class ReachDifference(Struct, frozen=True):
    """What opened and what closed, in the order of the records."""

    gained: tuple[Change, ...]
    lost: tuple[Change, ...]


def compare_reach(before: Iterable[Row], after: Iterable[Row]) -> ReachDifference:
    """Find what every pair gained and lost."""
    old, new = _by_pair(before), _by_pair(after)
    return ReachDifference(gained=tuple(_beyond(new, old)), lost=tuple(_beyond(old, new)))


def read_rows(document: Mapping[str, object]) -> tuple[Row, ...]:
    """Read the records out of a network.json; raises RowFormError where it holds others."""
    rows = document.get(SCHEMA_KEY)
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise RowFormError(f"the document has no list `{SCHEMA_KEY}`")
    return tuple(_read_row(row) for row in rows)


def _read_row(value: object) -> Row:
    if not isinstance(value, Mapping):
        raise RowFormError("a record is no mapping")
    source, target = value.get("source"), value.get("target")
    if not isinstance(source, str) or not isinstance(target, str):
        raise RowFormError("a record names no source or no target")
    return Row(
        source=source,
        target=target,
        ports=_texts(value, "ports"),
        not_enforceable=_texts(value, "not_enforceable"),
        by_public_address=_texts(value, "by_public_address"),
        why=_texts(value, "why"),
    )


def _texts(value: Mapping[str, object], key: str) -> list[str]:
    found = value.get(key, [])
    if not isinstance(found, Sequence) or not all(isinstance(item, str) for item in found):
        raise RowFormError(f"`{key}` of a record is no list of texts")
    return [str(item) for item in found]


def _by_pair(rows: Iterable[Row]) -> dict[tuple[str, str], Row]:
    return {(row["source"], row["target"]): row for row in rows}


def _beyond(
    rows: Mapping[tuple[str, str], Row], others: Mapping[tuple[str, str], Row]
) -> Iterator[Change]:
    """What the first rows hold beyond the others."""
    for pair, row in rows.items():
        other = others.get(pair)
        for public in (False, True):
            here = _ports(row, public=public)
            left = here - (_ports(other, public=public) if other else PortSet.nothing)
            if left:
                yield Change(*pair, left, public, tuple(row["why"]))


def _ports(row: Row, *, public: bool) -> PortSet:
    # Outsiders know public addresses only: for them both lists are the same.
    if public:
        return (
            PortSet.nothing if row["source"] == "internet" else read_ports(row["by_public_address"])
        )
    return read_ports(row["ports"])
