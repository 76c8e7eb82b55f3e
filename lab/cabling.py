"""Turns segments into bridges and interfaces into cables that lead from a bridge to a machine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Interface

from lab.commands import check_command, run_command
from lab.slot import Slot
from lab.topology import (
    ETHERNET_MTU,
    MANAGEMENT,
    MANAGEMENT_INTERFACE,
    Interface,
    Machine,
    Segment,
    Topology,
)


@dataclass(frozen=True, slots=True)
class Cable:
    """One virtual cable: its end at the bridge, and the interface at its other end."""

    socket: str
    bridge: str
    interface: Interface
    mac: str
    mtu: int


@dataclass(frozen=True, slots=True)
class Cabling:
    """The network namespace in which all bridges of a lab are, and what is plugged in there."""

    namespace: int  # number of a process in it
    cables: Mapping[str, tuple[Cable, ...]]

    def plug_in(self, machines: Mapping[str, int]) -> None:
        """Plug in machines that have no cables yet: the number of a process in each, by name."""
        lines = (
            line
            for name, pid in machines.items()
            for cable in self.cables[name]
            for line in _draw_cable(cable, pid)
        )
        check_command("cabling", _batch(self.namespace), text="\n".join(lines))

    def pull_out(self, machine: str) -> None:
        """Unplug a machine that is down.

        The kernel takes its cables away too, but at some moment after the machine has ended, so
        any of them may be gone already.
        """
        lines = (f"link delete {cable.socket}" for cable in self.cables[machine])
        run_command("cabling", _batch(self.namespace, "-force"), text="\n".join(lines))


def build_cabling(topology: Topology, slot: Slot, namespace: int) -> Cabling:
    """Make the bridges of a lab, and lead the management segment out to the host."""
    segments = (*topology.segments, Segment(MANAGEMENT))
    bridges = {segment.name: f"bridge{number}" for number, segment in enumerate(segments)}
    mtus = {segment.name: segment.mtu for segment in segments}
    cables = {
        machine.name: tuple(_plan_cables(number, machine, bridges, mtus))
        for number, machine in enumerate(topology.machines)
    }
    lines = (
        f"link add {bridge} type bridge mcast_snooping 0\nlink set {bridge} up"
        for bridge in bridges.values()
    )
    check_command("cabling", _batch(namespace), text="\n".join(lines))
    _lead_out(slot, namespace, bridges[MANAGEMENT])
    return Cabling(namespace, cables)


def management_interface(slot: Slot, topology: Topology, machine: Machine) -> IPv4Interface:
    """Give a machine's address in the management segment: it follows from its place in the list."""
    position = topology.machines.index(machine)
    return IPv4Interface((slot.network[position + 2], slot.network.prefixlen))


def describe_addresses(
    machine: Machine, management: IPv4Interface | None, mtus: Mapping[str, int]
) -> str:
    """Write what `ip -batch` does inside a machine at each boot."""
    lines = ["link set lo up"]
    for interface in machine.interfaces:
        lines += _describe_interface(interface, mtus[interface.segment])
    if management:
        lines += [
            f"address add {management} dev {MANAGEMENT_INTERFACE}",
            f"link set {MANAGEMENT_INTERFACE} up",
        ]
    if machine.gateway:
        lines.append(f"route add default via {machine.gateway}")
    return "\n".join(lines) + "\n"


def _describe_interface(interface: Interface, mtu: int) -> Iterator[str]:
    for address in interface.addresses:
        yield f"address add {address} broadcast + dev {interface.name}"
    yield f"link set {interface.name} mtu {mtu} up"


def _plan_cables(
    number: int, machine: Machine, bridges: Mapping[str, str], mtus: Mapping[str, int]
) -> Iterator[Cable]:
    management = [Interface(MANAGEMENT_INTERFACE, MANAGEMENT)] if machine.managed else []
    for place, interface in enumerate([*machine.interfaces, *management]):
        yield Cable(
            socket=f"socket{number}-{place}",
            bridge=bridges[interface.segment],
            interface=interface,
            mac=machine.mac_of(interface.name),
            mtu=mtus[interface.segment],
        )


def _draw_cable(cable: Cable, pid: int) -> Sequence[str]:
    end = f"peer name {cable.interface.name} address {cable.mac} netns {pid}"
    return (
        f"link add {cable.socket} type veth {end}",
        f"link set {cable.socket} mtu {cable.mtu} master {cable.bridge} up",
    )


def _lead_out(slot: Slot, namespace: int, bridge: str) -> None:
    """Add the one interface that the host sees; IPv6 would give it an address unasked."""
    address = IPv4Interface((slot.network[1], slot.network.prefixlen))
    lines = f"""\
link add {slot.interface} type veth peer name host netns {namespace}
link set {slot.interface} addrgenmode none
address add {address} dev {slot.interface}
link set {slot.interface} mtu {ETHERNET_MTU} up
"""
    check_command("host", ["ip", "-batch", "-"], text=lines)
    check_command("cabling", _batch(namespace), text=f"link set host master {bridge} up")


def _batch(namespace: int, *options: str) -> list[str]:
    return ["nsenter", "-t", str(namespace), "-n", "ip", *options, "-batch", "-"]
