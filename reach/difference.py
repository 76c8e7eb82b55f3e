"""The records of two networks -> who can reach more than before, and who can reach less."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reach.portset import PortSet, read_ports
from reach.rows import Row

# How bad a mistake there would be; what outsiders gain comes first.
FROM_INTERNET = 50
FROM_GUESTS = 30
BETWEEN_PODS = 20
INSIDE = 10
OUTWARDS = 5
# Added where every port opens at once.
EVERYTHING = 3

SCHEMA_KEY = "matrix"


class RowFormError(Exception):
    """A record of reachability has another form than the ones written here."""


@dataclass(frozen=True, slots=True)
class Change:
    """Ports that one pair gained or lost, by what way, and why they are or were open."""

    source: str
    target: str
    ports: PortSet
    by_public_address: bool
    why: tuple[str, ...]

    @property
    def danger(self) -> int:
        """How much attention it deserves; higher is more."""
        whole = EVERYTHING if self.ports == PortSet.everything else 0
        return _danger_between(self.source, self.target) + whole

    @property
    def order(self) -> tuple[int, str, str, bool]:
        """The most dangerous first, then by names."""
        return (-self.danger, self.source, self.target, self.by_public_address)

    def __str__(self) -> str:
        way = " by the public address" if self.by_public_address else ""
        reasons = "; ".join(self.why)
        return f"{self.source} -> {self.target}{way}: {self.ports} ({reasons})"


@dataclass(frozen=True, slots=True)
class ReachDifference:
    """What opened and what closed, the most dangerous first."""

    gained: tuple[Change, ...]
    lost: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.gained or self.lost)

    def __str__(self) -> str:
        if not self:
            return "Nobody can reach more or less than before."
        lines = [
            *(f"+ {change}" for change in self.gained),
            *(f"- {change}" for change in self.lost),
        ]
        return "\n".join(lines)


def compare_reach(before: Iterable[Row], after: Iterable[Row]) -> ReachDifference:
    """Find what every pair gained and lost."""
    old, new = _by_pair(before), _by_pair(after)
    return ReachDifference(
        gained=tuple(sorted(_beyond(new, old), key=lambda change: change.order)),
        lost=tuple(sorted(_beyond(old, new), key=lambda change: change.order)),
    )


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


def _danger_between(source: str, target: str) -> int:
    if source == "internet":
        return FROM_INTERNET
    if target == "internet":
        return OUTWARDS
    if source.startswith(("vpn.", "client.")):
        return FROM_GUESTS
    return BETWEEN_PODS if target.startswith("namespace.") else INSIDE
