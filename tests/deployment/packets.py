"""What reach computes of a network -> probes on a lab's machines, and what they should find."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from lab.probe import Outcome, Probe, Verdict
from lab.probe import Protocol as ProbeProtocol
from reach.findings import Dial, Part
from reach.model import Reach
from reach.portset import PortSet
from terms.values import Ports, Protocol

# Every port that a flow of the stack names, and some that none does.
TCP_PORTS = (22, 80, 139, 443, 8080, 9999)
PUBLIC_ADDRESSES = ("203.0.113.2", "203.0.113.3")
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
    on_the_road: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A probe and whether it should come through.

    `elsewhere` says that by computation this address and port lead to another machine: equal
    ranges, and public addresses with forwards. Then only an answer with a name is one.
    """

    probe: Probe
    source: str
    target: str
    opens: bool
    elsewhere: bool = False

    def is_answered_by(self, outcome: Outcome) -> bool:
        """Whether packets did what was computed."""
        if self.opens:
            return outcome.verdict is Verdict.OPEN and outcome.answered_by in self._names
        if outcome.verdict in (Verdict.SILENT, Verdict.UNREACHABLE):
            return True
        return self.elsewhere and outcome.answered_by != self.probe.listener

    @property
    def _names(self) -> tuple[str, ...]:
        """Programs that were there before answer without a name."""
        return (self.probe.listener, "")

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
    questions = tuple(
        question
        for source in listed
        for target in listed
        if source.machine != target.machine
        for question in _ask(reach, source, target)
    )
    led = {_way_of(question.probe): question.target for question in questions if question.opens}
    return tuple(
        replace(each, elsewhere=led.get(_way_of(each.probe), each.target) != each.target)
        for each in questions
    )


def _way_of(probe: Probe) -> tuple[str, IPv4Address, ProbeProtocol, int]:
    return probe.source, probe.address, probe.protocol, probe.port


def _ask(reach: Reach, source: Station, target: Station) -> Iterator[Question]:
    verdict = reach.verdict(source.endpoint, target.endpoint)
    starts = {*(part.start for part in verdict.parts), *(stop.start for stop in verdict.denials)}
    own = any(_is_of(start, source) for start in starts)
    dials: dict[IPv4Address, set[Dial]] = {}
    tried = (*(part.dial for part in verdict.parts), *(stop.dial for stop in verdict.denials))
    for dial in tried:
        address = _address_of(dial, source, target)
        if address is not None:
            dials.setdefault(address, set()).add(dial)
    for address, same in dials.items():
        parts = [
            part
            for part in verdict.working
            if part.dial in same and _starts_at(part.start, source, own=own)
        ]
        for port in _ports():
            yield _question((source, target), address, port, parts)


def _ports() -> Iterator[tuple[ProbeProtocol, int]]:
    yield from ((ProbeProtocol.TCP, port) for port in TCP_PORTS)
    yield from ((ProbeProtocol.UDP, port) for port in UDP_PORTS)
    yield ProbeProtocol.ICMP, 0


def _address_of(dial: Dial, source: Station, target: Station) -> IPv4Address | None:
    """The address to dial on the lab for one of reach's; None for one that is not there.

    A road warrior's own computer is in the internet, too, and only private addresses are sent into
    its tunnel. A site without a public address of its own is given an imagined one.
    """
    if (dial.outside or dial.public) and source.on_the_road:
        return None
    if dial.public and str(IPv4Address(dial.address)) not in PUBLIC_ADDRESSES:
        return None
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


def _starts_at(start: str, source: Station, *, own: bool) -> bool:
    """Whether a place is that of this host of a range; devices and clients have one place only.

    A host that is known by itself, as `own` says, has a place of its own; others share one.
    """
    if source.last is None or _is_of(start, source):
        return True
    return not own and start.endswith(f".{_case_of(source)}")


def _is_of(start: str, source: Station) -> bool:
    return source.last is not None and start.endswith(f".{source.last}")


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
