"""Two records of networks -> who can reach more or less than before, the most dangerous first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum

from msgspec import Struct

from reach.difference import Change, compare_reach
from reach.portset import PortSet, read_ports
from reach.rows import Row
from views.network_record import Login, NetworkRecord

INTERNET = "internet"
DEVICE = "device"


class Danger(IntEnum):
    """What a change of reachability means for whoever has to agree to it; the worst is first."""

    MANAGEMENT_LOST = 1
    FROM_INTERNET = 2
    BETWEEN_TENANTS = 3
    FROM_GUESTS = 4
    OPENED = 5
    # Open before and after, but a rule that could have closed it is no longer asked.
    UNGUARDED = 6
    CLOSED = 7

    @property
    def title(self) -> str:
        """What stands above the changes of this kind."""
        return TITLES[self]

    @property
    def opens(self) -> bool:
        """Whether packets pass that did not pass before."""
        return Danger.FROM_INTERNET <= self <= Danger.OPENED


TITLES = {
    Danger.MANAGEMENT_LOST: "Management lost",
    Danger.FROM_INTERNET: "Opened from the internet",
    Danger.BETWEEN_TENANTS: "Opened between tenants",
    Danger.FROM_GUESTS: "Opened from guests",
    Danger.OPENED: "Opened",
    Danger.UNGUARDED: "Open as before, but no rule could close it any more",
    Danger.CLOSED: "Closed",
}


class ReachChange(Struct, frozen=True):
    """Ports that one pair gained or lost, how bad that may be, and why they are or were open."""

    danger: Danger
    source: str
    target: str
    ports: PortSet
    by_public_address: bool
    why: tuple[str, ...]

    @property
    def order(self) -> tuple[object, ...]:
        """The most dangerous first, then by names."""
        return self.danger, self.source, self.target, self.by_public_address, self.ports.intervals


def find_reach_changes(old: NetworkRecord, new: NetworkRecord) -> tuple[ReachChange, ...]:
    """Compare what every pair may do, ends of equal rights taken for each other."""
    before, after = _fill(old, new), _fill(new, old)
    judge = _Judge(old, new, _reasons(before), _reasons(after))
    difference = compare_reach(before, after)
    found = [
        *(judge.gained(change) for change in difference.gained if _is_in(new, change)),
        *(each for change in difference.lost if _is_in(old, change) for each in judge.lost(change)),
        *judge.unguarded(before, after),
    ]
    return tuple(sorted(found, key=lambda change: change.order))


def _is_in(record: NetworkRecord, change: Change) -> bool:
    return change.source in record.ends and change.target in record.ends


# ---------------------------------------------------------------- equal ends


def _fill(record: NetworkRecord, other: NetworkRecord) -> list[Row]:
    """The rows, and those of names that only the other network tells apart from another name.

    A new flow to one laptop gives it verdicts of its own; before, it had those of its range. And
    an address that gets a name was an address of its range already.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for name in sorted(_names(other) | _moved(record, other)):
        if (stand_in := _stand_in(record, other, name)) is not None:
            alike[stand_in].append(name)
    rows = list(record.rows)
    for row in record.rows:
        sources = (row["source"], *alike.get(row["source"], ()))
        targets = (row["target"], *alike.get(row["target"], ()))
        pairs = [(source, target) for source in sources for target in targets][1:]
        # What neighbours of a range do among themselves, one host does not do with itself.
        rows.extend(_renamed(row, *pair) for pair in pairs if pair[0] != pair[1])
    return rows


def _moved(record: NetworkRecord, other: NetworkRecord) -> set[str]:
    """Names that have nothing of their own before or after, but whose verdicts were another's."""
    return {
        name
        for name in record.ends.keys() & other.ends.keys()
        if (here := record.ends[name].same_as) is not None
        and (there := other.ends[name].same_as) is not None
        and here != there
    }


def _names(record: NetworkRecord) -> set[str]:
    return {name for row in record.rows for name in (row["source"], row["target"])}


def _stand_in(record: NetworkRecord, other: NetworkRecord, name: str) -> str | None:
    """Whose verdicts hold for the name in this network; None where it has its own, or none."""
    end = record.ends.get(name)
    if end is not None:
        return end.same_as
    whole = other.ranges.get(name)
    found = record.ends.get(whole) if whole else None
    return (found.same_as or found.name) if found else None


def _renamed(row: Row, source: str, target: str) -> Row:
    return Row(
        source=source,
        target=target,
        ports=row["ports"],
        not_enforceable=row["not_enforceable"],
        by_public_address=row["by_public_address"],
        why=row["why"],
    )


# ---------------------------------------------------------------- judgement

_Reasons = Mapping[tuple[str, str], tuple[str, ...]]


def _reasons(rows: Iterable[Row]) -> _Reasons:
    return {(row["source"], row["target"]): tuple(row["why"]) for row in rows}


class _Judge(Struct, frozen=True):
    old: NetworkRecord
    new: NetworkRecord
    before: _Reasons
    after: _Reasons

    def gained(self, change: Change) -> ReachChange:
        """A gain, by who gains it; a public address is open to everybody, whoever else they are."""
        why = self._why(change, self.after, self.before)
        danger = Danger.OPENED if change.by_public_address else self._danger(change)
        return _make(danger, change, change.ports, why)

    def lost(self, change: Change) -> Iterator[ReachChange]:
        """A loss; the ports by which the operator logged in are a change of their own."""
        why = self._why(change, self.before, self.after)
        needed = PortSet.nothing if change.by_public_address else self._login_ports(change)
        if needed:
            yield _make(Danger.MANAGEMENT_LOST, change, needed, why)
        if rest := change.ports - needed:
            yield _make(Danger.CLOSED, change, rest, why)

    def unguarded(self, before: Iterable[Row], after: Iterable[Row]) -> Iterator[ReachChange]:
        """Ports that were open behind a rule and now are open without one."""
        old = {(row["source"], row["target"]): row for row in before}
        for row in after:
            former = old.get((row["source"], row["target"]))
            if former is None or row["not_enforceable"] == former["not_enforceable"]:
                continue
            if not {row["source"], row["target"]} <= self.old.ends.keys() & self.new.ends.keys():
                continue
            guarded = read_ports(former["ports"]) - read_ports(former["not_enforceable"])
            if ports := guarded & read_ports(row["not_enforceable"]) & read_ports(row["ports"]):
                change = Change(row["source"], row["target"], ports, False, tuple(row["why"]))
                yield _make(Danger.UNGUARDED, change, ports, tuple(row["why"]))

    def _why(self, change: Change, here: _Reasons, there: _Reasons) -> tuple[str, ...]:
        """The reasons that only one side has, if there are any: the others explain other ports."""
        pair = change.source, change.target
        own = tuple(why for why in here.get(pair, ()) if why not in there.get(pair, ()))
        found = own or change.why
        # A pair has reasons for all of its ports; those of other ports explain nothing here.
        return tuple(why for why in found if _explains(why, change, self.old, self.new)) or found

    def _danger(self, change: Change) -> Danger:
        """The worst that it is with the tenants of before or of now: a namespace may have moved."""
        if change.source == INTERNET:
            return Danger.FROM_INTERNET
        guests = self.old.guests | self.new.guests
        pairs = [
            (_tenant(first, second, change.source), _tenant(first, second, change.target))
            for first, second in ((self.old, self.new), (self.new, self.old))
        ]
        return min(_danger_between(*pair, guests) for pair in pairs)

    def _login_ports(self, change: Change) -> PortSet:
        """What of the loss were ways in that nothing stands in for."""
        if change.target not in self.new.ends:
            return PortSet.nothing
        lost = _login_ports(self.old, change) & change.ports
        return PortSet.nothing if self._logs_in_otherwise(change) else lost

    def _logs_in_otherwise(self, change: Change) -> bool:
        """Whether the way in is another one now; then it is told as such, and nothing is lost.

        Another port, another device to go through, or another name of the operator's range.
        """
        now = _login_ports(self.new, change)
        if now & change.ports:
            return False
        sources = {login.source for login in _logins_to(self.new, change.target)}
        if change.source not in self.new.ends and sources:
            return True
        added = sources - {login.source for login in _logins_to(self.old, change.target)}
        kinds = {self.new.ends[name].kind for name in added if name in self.new.ends}
        return DEVICE in kinds or bool(now - _login_ports(self.old, change))


def _explains(why: str, change: Change, *records: NetworkRecord) -> bool:
    """Whether the flow that a reason names is about ports of the change."""
    name = why.partition(": ")[0]
    return any(bool(record.flow_ports.get(name, PortSet()) & change.ports) for record in records)


def _tenant(first: NetworkRecord, second: NetworkRecord, name: str) -> str | None:
    end = first.ends.get(name) or second.ends.get(name)
    return end.tenant if end else None


def _danger_between(giver: str | None, taker: str | None, guests: frozenset[str]) -> Danger:
    if giver is None or giver == taker:
        return Danger.OPENED
    if taker is not None:
        return Danger.BETWEEN_TENANTS
    return Danger.FROM_GUESTS if giver in guests else Danger.OPENED


def _make(danger: Danger, change: Change, ports: PortSet, why: tuple[str, ...]) -> ReachChange:
    return ReachChange(
        danger, change.source, change.target, ports, change.by_public_address, tuple(sorted(why))
    )


def _login_ports(record: NetworkRecord, change: Change) -> PortSet:
    """The ports by which the pair of a change logs in."""
    found = PortSet.nothing
    for login in _logins_to(record, change.target):
        if _same(record, login.source, change.source):
            found |= login.ports
    return found


def _logins_to(record: NetworkRecord, target: str) -> Iterator[Login]:
    return (login for login in record.logins if _same(record, login.target, target))


def _same(record: NetworkRecord, one: str, other: str) -> bool:
    return _base(record, one) == _base(record, other)


def _base(record: NetworkRecord, name: str) -> str:
    end = record.ends.get(name)
    return end.same_as or name if end else name
