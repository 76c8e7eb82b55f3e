"""Packets that differ in their ports alone, on their way from device to device."""

from typing import NamedTuple

from plan.ruleset import State
from reach.findings import Step, StepKind
from reach.portset import PortSet
from terms.values import DeviceRef


class Passage(NamedTuple):
    """What a device remembers of a connection: the packet as it came in and as it went out."""

    device: DeviceRef
    came: tuple[int, int]
    went: tuple[int, int]
    # Whether the device refuses packets of connections that it has not seen begin.
    strict: bool

    @property
    def spare(self) -> bool:
        """Whether answers may come back without passing this device."""
        return not self.strict and self.came == self.went


class Packet(NamedTuple):
    """A packet for each of its ports; ports are told as the sender dialled them."""

    source: int
    target: int
    ports: PortSet
    # Port after translation, on arrival at the present device and now; 0 where still as dialled.
    arrived: int = 0
    port: int = 0
    trail: tuple[Step, ...] = ()
    passages: tuple[Passage, ...] = ()

    def now(self) -> PortSet:
        """The ports as a rule sees them now."""
        return _seen(self.ports, self.port)

    def matching(self, seen: PortSet) -> PortSet:
        """The dialled ports of those packets whose present port is in the set."""
        return _dialled(self.ports, self.port, seen)

    def matching_arrival(self, seen: PortSet) -> PortSet:
        """The dialled ports of those packets that came to this device with a port in the set."""
        return _dialled(self.ports, self.arrived, seen)

    def noting(self, step: Step) -> "Packet":
        """The same packet, one step further."""
        source, target, ports, arrived, port, trail, passages = self
        # Some thousand times in a network; `_replace` takes three times as long.
        return Packet(source, target, ports, arrived, port, (*trail, step), passages)


def _seen(ports: PortSet, fixed: int) -> PortSet:
    if not fixed:
        return ports
    found = PortSet()
    for protocol in ports.protocols():
        found |= PortSet.single(protocol, fixed)
    return found


def _dialled(ports: PortSet, fixed: int, seen: PortSet) -> PortSet:
    if not fixed:
        return ports & seen
    found = PortSet()
    for protocol in ports.protocols():
        if PortSet.single(protocol, fixed) <= seen:
            found |= ports & PortSet.every(protocol)
    return found


class Crossing(NamedTuple):
    """What a rule can ask of a packet beside its ports."""

    enters: str
    leaves: str
    source: int
    target: int
    # The destination on arrival at this device, before any translation.
    original: int
    local: bool
    state: State


class Loss(NamedTuple):
    """A packet that goes no further; the last step of its trail says why."""

    packet: Packet


def lose(packet: Packet, place: str, text: str) -> Loss:
    """End a packet's way where nobody takes it on."""
    return Loss(packet.noting(Step(StepKind.LOST, place, text)))
