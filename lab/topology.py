"""Describes a laboratory network: segments, and machines with interfaces plugged into them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Interface
from pathlib import PurePosixPath

# The kernel's IFNAMSIZ is 16, with the zero at the end.
INTERFACE_NAME_LENGTH = 15
MANAGEMENT = "management"
MANAGEMENT_INTERFACE = "mgmt0"
# Addresses .0 and .255 of the /24, and .1 for the host that looks at the lab.
MACHINE_LIMIT = 253
ETHERNET_MTU = 1500

_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class TopologyError(ValueError):
    """A description that cannot be built, with everything that is wrong in it."""

    def __init__(self, topology: str, problems: tuple[str, ...]) -> None:
        super().__init__(f"The topology {topology!r} cannot be built:\n" + "\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Segment:
    """One layer-2 domain: a bridge that forwards between everything plugged into it."""

    name: str
    mtu: int = ETHERNET_MTU


@dataclass(frozen=True, slots=True)
class Interface:
    """One network card of a machine and the segment it is plugged into."""

    name: str
    segment: str
    addresses: tuple[IPv4Interface, ...] = ()
    mac: str | None = None
    asks: bool = False  # for an address by DHCP, again and again until somebody answers


@dataclass(frozen=True, slots=True)
class File:
    """One file that lies on a machine's disk before its first boot."""

    path: PurePosixPath
    text: str
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine; `boot` are shell lines that it runs at each boot, once it has its addresses."""

    name: str
    interfaces: tuple[Interface, ...]
    gateway: IPv4Address | None = None
    files: tuple[File, ...] = ()
    boot: tuple[str, ...] = ()
    managed: bool = True  # has an interface in the management segment

    def mac_of(self, interface: str) -> str:
        """Give the hardware address of an interface: written, else one that follows from names."""
        written = {plugged.name: plugged.mac for plugged in self.interfaces}.get(interface)
        tail = sha256(f"{self.name}/{interface}".encode()).digest()[:5]
        return written or ":".join(f"{byte:02x}" for byte in b"\x02" + tail)


@dataclass(frozen=True, slots=True)
class Topology:
    """A whole network; one that cannot be built raises TopologyError at once."""

    name: str
    segments: tuple[Segment, ...]
    machines: tuple[Machine, ...]
    _by_name: dict[str, Machine] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if problems := tuple(_find_problems(self)):
            raise TopologyError(self.name, problems)
        object.__setattr__(self, "_by_name", {machine.name: machine for machine in self.machines})

    def __getitem__(self, name: str) -> Machine:
        return self._by_name[name]


def plug(
    name: str, segment: str, *addresses: str, mac: str | None = None, asks: bool = False
) -> Interface:
    """Describe an interface in one line: `plug("lan0", "home-lan", "192.168.1.1/24")`."""
    return Interface(name, segment, tuple(map(IPv4Interface, addresses)), mac, asks)


def host(
    name: str, segment: str, address: str | None = None, gateway: str | None = None
) -> Machine:
    """Describe a machine with one interface; without an address it asks for one by DHCP."""
    interface = plug("eth0", segment, *filter(None, [address]), asks=address is None)
    return Machine(name, (interface,), IPv4Address(gateway) if gateway else None)


def file(path: str, text: str, mode: int = 0o644) -> File:
    """Describe a file in one line."""
    return File(PurePosixPath(path), text, mode)


def _find_problems(topology: Topology) -> Iterator[str]:
    machines = topology.machines
    if not machines:
        yield "no machine at all"
    if len(machines) > MACHINE_LIMIT:
        yield f"{len(machines)} machines, but the management segment has {MACHINE_LIMIT} addresses"
    yield from _twice("segment", (segment.name for segment in topology.segments))
    yield from _twice("machine", (machine.name for machine in machines))
    for machine in machines:
        yield from _find_machine_problems(machine, {segment.name for segment in topology.segments})
    plugged = [(machine, interface) for machine in machines for interface in machine.interfaces]
    yield from _twice(
        "address", (f"{a.ip} in {i.segment}" for _, i in plugged for a in i.addresses)
    )
    yield from _twice("MAC", (f"{m.mac_of(i.name)} in {i.segment}" for m, i in plugged))


def _find_machine_problems(machine: Machine, segments: set[str]) -> Iterator[str]:
    if not _HOST_NAME.fullmatch(machine.name):
        yield f"machine {machine.name!r}: no host name (lower-case letters, digits, hyphens)"
    yield from _twice(f"{machine.name}: interface", (i.name for i in machine.interfaces))
    for interface in machine.interfaces:
        place = f"{machine.name}/{interface.name}"
        if len(interface.name) > INTERFACE_NAME_LENGTH:
            yield f"{place}: more than {INTERFACE_NAME_LENGTH} characters"
        if interface.name in {"lo", MANAGEMENT_INTERFACE}:
            yield f"{place}: the lab makes this interface itself"
        if interface.segment not in segments:
            yield f"{place}: no segment {interface.segment!r}, only {', '.join(sorted(segments))}"


def _twice(what: str, names: Iterable[str]) -> Iterator[str]:
    return (f"{what} {name}: {count} times" for name, count in Counter(names).items() if count > 1)
