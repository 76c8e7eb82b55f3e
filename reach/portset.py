"""Protocols and ports as sets: what a rule matches, what is open, what is left."""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import ClassVar, Self

from msgspec import Struct

from terms.values import MAX_PORT, Ports, Protocol

# Every packet has one number: TCP's ports first, UDP's after them, then ICMP, the ports of SCTP,
# ESP and all the rest. SCTP is no protocol of ours: only policies written by others name its ports.
UDP_OFFSET = MAX_PORT + 1
ICMP_NUMBER = 2 * UDP_OFFSET + 1
ESP_NUMBER = ICMP_NUMBER + MAX_PORT + 1
OTHER_NUMBER = ESP_NUMBER + 1
SCTP = "sctp"
OTHER_PROTOCOLS = "other protocols"
OTHERS_BUT_ESP = "other protocols but esp"
NAMELESS_PROTOCOLS = "protocols without a name"

# A network asks for a few hundred sets, and for their overlaps a hundred thousand times.
REMEMBERED = 16384

Interval = tuple[int, int]
_WHOLE: tuple[Interval, ...] = (
    (1, MAX_PORT),
    (UDP_OFFSET + 1, UDP_OFFSET + MAX_PORT),
    (ICMP_NUMBER, OTHER_NUMBER),
)


class PortSet(Struct, frozen=True):
    """A set of (protocol, port); the intervals of its numbers are sorted, apart and not empty."""

    intervals: tuple[Interval, ...] = ()

    everything: ClassVar["PortSet"]
    nothing: ClassVar["PortSet"]

    @classmethod
    def of(cls, ports: Iterable[Ports]) -> Self:
        """The union of written ports; `any` holds every protocol, also those without a name."""
        return cls(_merge(interval for each in ports for interval in _intervals_of(each)))

    @classmethod
    def single(cls, protocol: Protocol, port: int) -> Self:
        """One port of TCP or UDP."""
        number = _offset(protocol) + port
        return cls(((number, number),))

    @classmethod
    def spanning(cls, protocol: str, first: int = 1, last: int = MAX_PORT) -> "PortSet":
        """Ports of `tcp`, `udp` or `sctp`; all of them without numbers."""
        if protocol == SCTP:
            return cls.sctp(first, last)
        return cls.of((Ports(Protocol(protocol), first, last),))

    @classmethod
    def sctp(cls, first: int = 1, last: int = MAX_PORT) -> Self:
        """Ports of SCTP; all of them without numbers."""
        return cls(((ICMP_NUMBER + first, ICMP_NUMBER + last),))

    @classmethod
    def every(cls, protocol: Protocol) -> "PortSet":
        """All ports of a protocol."""
        return _ALL_OF[protocol]

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __or__(self, other: "PortSet") -> "PortSet":
        if not other.intervals or self.intervals == other.intervals:
            return self
        return _union(self.intervals, other.intervals) if self.intervals else other

    def __and__(self, other: "PortSet") -> "PortSet":
        if self.intervals in (_WHOLE, other.intervals):
            return other
        if other.intervals == _WHOLE:
            return self
        return _overlap(self.intervals, other.intervals)

    def __sub__(self, other: "PortSet") -> "PortSet":
        if not other.intervals:
            return self
        return _overlap(self.intervals, _gaps(other.intervals))

    def __le__(self, other: "PortSet") -> bool:
        return not self - other

    def protocols(self) -> tuple[Protocol, ...]:
        """The protocols with ports that the set holds something of."""
        return _protocols(self)

    def texts(self) -> tuple[str, ...]:
        """The set as ports are written, in order; `any` for everything."""
        return _write_set(self.intervals)

    def __str__(self) -> str:
        return ", ".join(self.texts()) or "nothing"


@lru_cache(REMEMBERED)
def _protocols(ports: PortSet) -> tuple[Protocol, ...]:
    return tuple(protocol for protocol in (Protocol.TCP, Protocol.UDP) if ports & _ALL_OF[protocol])


@cache
def _write_set(intervals: tuple[Interval, ...]) -> tuple[str, ...]:
    """Write a set once: a network of thousands of pairs has some dozens of them."""
    if intervals == _WHOLE:
        return (Protocol.ANY.value,)
    whole = PortSet(intervals)
    ports = (whole - _TAIL).intervals
    return (*(_write(interval) for interval in ports), *_write_tail(whole & _TAIL))


def read_ports(texts: Iterable[str]) -> PortSet:
    """Read what `PortSet.texts` wrote; raises what `Ports.parse` raises for anything else."""
    found = PortSet()
    for text in texts:
        found |= TAIL_WORDS.get(text) or _read_sctp(text) or PortSet.of((Ports.parse(text),))
    return found


def _read_sctp(text: str) -> PortSet | None:
    name, _, span = text.partition("/")
    first, _, last = (span if "-" in span else f"{span}-{span}").partition("-")
    if name != SCTP or not (first.isdecimal() and last.isdecimal()):
        return None
    return PortSet.sctp(int(first), int(last))


def _offset(protocol: Protocol) -> int:
    return UDP_OFFSET if protocol is Protocol.UDP else 0


def _intervals_of(ports: Ports) -> tuple[Interval, ...]:
    match ports.protocol:
        case Protocol.ANY:
            return _WHOLE
        case Protocol.ICMP:
            return ((ICMP_NUMBER, ICMP_NUMBER),)
        case Protocol.ESP:
            return ((ESP_NUMBER, ESP_NUMBER),)
    offset = _offset(ports.protocol)
    return ((offset + max(ports.first, 1), offset + ports.last),)


def _merge(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Sort and join what overlaps or touches; protocols never touch, for no port is 0."""
    found: list[Interval] = []
    for first, last in sorted(intervals):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


@lru_cache(REMEMBERED)
def _union(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> PortSet:
    return PortSet(_merge((*left, *right)))


@lru_cache(REMEMBERED)
def _overlap(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> PortSet:
    return PortSet(tuple(_overlaps(left, right)))


def _overlaps(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> Iterator[Interval]:
    here, there = 0, 0
    while here < len(left) and there < len(right):
        first = max(left[here][0], right[there][0])
        last = min(left[here][1], right[there][1])
        if first <= last:
            yield first, last
        if left[here][1] < right[there][1]:
            here += 1
        else:
            there += 1


@lru_cache(REMEMBERED)
def _gaps(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    edges = ((0, 0), *intervals, (OTHER_NUMBER + 1, OTHER_NUMBER + 1))
    spaces = ((before[1] + 1, after[0] - 1) for before, after in pairwise(edges))
    return tuple((first, last) for first, last in spaces if first <= last)


def _write(interval: Interval) -> str:
    first, last = interval
    protocol = Protocol.UDP if first >= UDP_OFFSET else Protocol.TCP
    offset = _offset(protocol)
    return str(Ports(protocol, first - offset, last - offset))


def _write_tail(left: PortSet) -> Iterator[str]:
    """What has no ports, and SCTP: as few words as say it."""
    for word, meant in TAIL_WORDS.items():
        if meant <= left:
            left -= meant
            yield word
    for first, last in left.intervals:
        yield f"{SCTP}/{_span(first - ICMP_NUMBER, last - ICMP_NUMBER)}"


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


PortSet.everything = PortSet(_WHOLE)
PortSet.nothing = PortSet()
_TAIL = PortSet(((ICMP_NUMBER, OTHER_NUMBER),))
_ESP = PortSet(((ESP_NUMBER, ESP_NUMBER),))
_NAMELESS = PortSet(((OTHER_NUMBER, OTHER_NUMBER),))
_OTHERS = PortSet(((ICMP_NUMBER + 1, OTHER_NUMBER),))
# What a set may hold though no user writes it; the widest first, so that the fewest are written.
TAIL_WORDS = {
    Protocol.ICMP.value: PortSet(((ICMP_NUMBER, ICMP_NUMBER),)),
    OTHER_PROTOCOLS: _OTHERS,
    OTHERS_BUT_ESP: _OTHERS - _ESP,
    SCTP: PortSet.sctp(),
    Protocol.ESP.value: _ESP,
    NAMELESS_PROTOCOLS: _NAMELESS,
}
_ALL_OF = {
    protocol: PortSet(_intervals_of(Ports(protocol)))
    for protocol in (Protocol.TCP, Protocol.UDP, Protocol.ICMP, Protocol.ESP)
}
