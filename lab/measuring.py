"""What `la1r reach` says of the lab -> probes, and a table of what packets did beside it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lab.probe import Probe, Verdict, ping, send_probes, tcp
from lab.project import LabProject

# One port each that is used for maintenance, by the web server, and by nobody.
PORTS = (22, 80, 9999)
PING = "icmp"
_RANGE = re.compile(r"tcp/(\d+)(?:-(\d+))?")

Verdicts = dict[tuple[str, str], list[str]]


@dataclass(frozen=True, slots=True)
class Place:
    """A machine that stands for an endpoint, with its address at its site and elsewhere."""

    machine: str
    endpoint: str
    site: str
    own: str
    outside: str

    def seen_by(self, other: "Place") -> str:
        """The address by which another one dials it."""
        return self.own if self.site == other.site else self.outside


PLACES = (
    Place("home-printer", "home.lan", "home", "192.168.1.20", "10.200.1.20"),
    Place("home-server", "home/server", "home", "192.168.5.5", "192.168.5.5"),
    Place("external-nas", "external.lan", "external", "192.168.1.50", "10.200.2.50"),
    Place("attic-pc", "attic.lan", "attic", "192.168.30.10", "192.168.30.10"),
    Place("barn-pi", "barn/pi", "barn", "192.168.1.50", "10.200.4.50"),
    Place("laptop", "vpn.family", "laptop", "10.8.2.10", "10.8.2.10"),
    Place("phone", "vpn.guests", "phone", "10.8.4.10", "10.8.4.10"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A pair of places: what is declared open between them, and what packets found open."""

    declared: tuple[str, ...]
    measured: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether packets did what was declared."""
        return self.declared == self.measured


def measure(project: LabProject) -> dict[tuple[Place, Place], Cell]:
    """Send every probe at once, and hold the answers beside the computed verdicts."""
    verdicts = read_verdicts(project)
    asked = {
        (source, target, port): _probe(source, target, port)
        for source in PLACES
        for target in PLACES
        if source is not target
        for port in (*map(str, PORTS), PING)
    }
    found = send_probes(project.lab, asked.values())
    cells: dict[tuple[Place, Place], Cell] = {}
    for source, target in {(source, target) for source, target, _ in asked}:
        ports = [port for one, other, port in asked if (one, other) == (source, target)]
        declared = verdicts.get((source.endpoint, target.endpoint), [])
        cells[source, target] = Cell(
            tuple(port for port in ports if _allows(declared, port)),
            tuple(
                port for port in ports if found[asked[source, target, port]].verdict is Verdict.OPEN
            ),
        )
    return cells


def read_verdicts(project: LabProject) -> Verdicts:
    """The open ports of each pair of endpoints, as the product computes them."""
    rows = json.loads(project.la1r("reach", "--json").stdout)
    return {(row["source"], row["target"]): row["ports"] for row in rows}


def _probe(source: Place, target: Place, port: str) -> Probe:
    address = target.seen_by(source)
    if port == PING:
        return ping(source.machine, address, target.machine)
    return tcp(source.machine, address, int(port), target.machine)


def _allows(declared: list[str], port: str) -> bool:
    if "any" in declared:
        return True
    if port == PING:
        return PING in declared
    return "tcp" in declared or any(int(port) in _ports_of(text) for text in declared)


def _ports_of(text: str) -> range:
    found = _RANGE.fullmatch(text)
    if found is None:
        return range(0)
    return range(int(found[1]), int(found[2] or found[1]) + 1)


def table_lines(cells: dict[tuple[Place, Place], Cell]) -> Iterator[str]:
    """The matrix: who asks stands at the left, what was open in the cells."""
    width = max(len(place.machine) for place in PLACES) + 1
    yield "from \\ to".ljust(width) + "".join(place.machine.ljust(16) for place in PLACES)
    for source in PLACES:
        texts = [_text(cells.get((source, target))) for target in PLACES]
        yield source.machine.ljust(width) + "".join(text.ljust(16) for text in texts)


def _text(cell: Cell | None) -> str:
    if cell is None:
        return "-"
    measured = " ".join("ping" if port == PING else port for port in cell.measured) or "closed"
    return measured if cell.agrees else f"{measured} !!"
