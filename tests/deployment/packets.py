"""What reach computes of a network -> probes on a lab's machines, and what they should find."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from lab.probe import Outcome, Probe, Verdict
from lab.probe import Protocol as ProbeProtocol
from reach.findings import Dial, Part
from reach.model import Reach
from reach.portset import PortSet
from terms.values import Ports, Protocol

# Every port that a flow of the stack names, and some that none does.
TCP_PORTS = (22, 53, 80, 139, 443, 8080, 9999)
UDP_PORTS = (69, 5353, 40000)
# A range is computed by an address of it that stands for all its hosts, and by those of hosts that
# are known elsewhere: here .50, which is a device in one of three equal ranges.
ANYBODY, SPECIAL = 128, frozenset({50})


@dataclass(frozen=True, slots=True)
class Station:
    """A machine of the lab that stands for an endpoint.

    `last` is the end of the address of a host in a range, `outside` the address of one that is
    somewhere in the internet.
    """

    machine: str
    endpoint: str
    last: int | None = None
    outside: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A probe and whether it should come through."""

    probe: Probe
    source: str
    target: str
    opens: bool

    def is_answered_by(self, outcome: Outcome) -> bool:
        """Whether packets did what was computed; with equal ranges it matters who answered."""
        mine = outcome.answered_by in (self.probe.listener, "")
        return (outcome.verdict is Verdict.OPEN and mine) is self.opens

    def __str__(self) -> str:
        port = f"/{self.probe.port}" if self.probe.port else ""
        return (
            f"{self.probe.source} ({self.source}) -> {self.probe.listener} ({self.target}) at"
            f" {self.probe.address} {self.probe.protocol}{port}:"
            f" should be {'open' if self.opens else 'closed'}"
        )


def ask_all(reach: Reach, stations: Iterable[Station]) -> tuple[Question, ...]:
    """Every ordered pair of machines, at each address that reach dialled, on each port."""
    listed = tuple(stations)
    return tuple(
        question
        for source in listed
        for target in listed
        if source.machine != target.machine
        for question in _ask(reach, source, target)
    )


def _ask(reach: Reach, source: Station, target: Station) -> Iterator[Question]:
    verdict = reach.verdict(source.endpoint, target.endpoint)
    dials: dict[IPv4Address, set[Dial]] = {}
    tried = (*(part.dial for part in verdict.parts), *(stop.dial for stop in verdict.denials))
    for dial in tried:
        address = _address_of(dial, target)
        if address is not None:
            dials.setdefault(address, set()).add(dial)
    for address, same in dials.items():
        parts = [p for p in verdict.working if p.dial in same and _starts_at(p, source)]
        for port in _ports():
            yield _question((source, target), address, port, parts)


def _ports() -> Iterator[tuple[ProbeProtocol, int]]:
    yield from ((ProbeProtocol.TCP, port) for port in TCP_PORTS)
    yield from ((ProbeProtocol.UDP, port) for port in UDP_PORTS)
    yield ProbeProtocol.ICMP, 0


def _address_of(dial: Dial, target: Station) -> IPv4Address | None:
    """The address to dial on the lab for one of reach's; None for another host of the range."""
    if dial.outside:
        return IPv4Address(target.outside) if target.outside else None
    address = IPv4Address(dial.address)
    if target.last is None or dial.public is not None:
        return address
    if dial.address % 256 != _case_of(target):
        return None
    return address + (target.last - _case_of(target))


def _case_of(station: Station) -> int:
    return station.last if station.last in SPECIAL else ANYBODY


def _starts_at(part: Part, source: Station) -> bool:
    """Whether a part speaks of this host of a range; devices and clients have one place only."""
    return source.last is None or part.start.endswith(f".{_case_of(source)}")


def _question(
    ends: tuple[Station, Station],
    address: IPv4Address,
    port: tuple[ProbeProtocol, int],
    parts: list[Part],
) -> Question:
    source, target = ends
    wanted = PortSet.of((Ports(Protocol(port[0].value), port[1], port[1]),))
    found = next((part for part in parts if wanted <= part.ports), None)
    arrives = _only_port(found.translated) if found and found.translated else port[1]
    probe = Probe(source.machine, port[0], address, port[1], target.machine, arrives)
    return Question(probe, source.endpoint, target.endpoint, found is not None)


def _only_port(ports: PortSet) -> int:
    """The number of a set that holds one port."""
    (text,) = ports.texts()
    return int(text.partition("/")[2])
