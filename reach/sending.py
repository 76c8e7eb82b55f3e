"""Somebody and an address to send to -> the ways a packet can take from there."""

from collections.abc import Iterator

from reach.findings import Dial
from reach.packet import Packet
from reach.portset import PortSet
from reach.standing import DeviceStart, HostStart, Start, TunnelStart
from reach.walk import Outcome, Walker
from reach.world import POD_INTERFACE, World
from terms.values import DeviceRef


def send(world: World, start: Start, dial: Dial) -> Iterator[Outcome]:
    """The way that the sender's own routes name."""
    walker = Walker(world, dial.announcer)
    if isinstance(start, DeviceStart):
        return walker.from_device(start.ref, dial.address, PortSet.everything)
    packet = Packet(start.address, dial.address, PortSet.everything)
    if isinstance(start, HostStart):
        return walker.from_host(start.segment, packet)
    if isinstance(start, TunnelStart):
        return walker.receive(world.boxes[start.ref], start.tunnel, packet)
    return walker.from_internet(dial.public or "", packet)


def send_sideways(world: World, start: HostStart, dial: Dial) -> Iterator[Outcome]:
    """What a host can do that minds no routes: hand frames to whoever is on its segment."""
    own = world.range_at(start.segment[0], start.address)
    if own is None or own.network.holds(dial.address):
        return
    walker = Walker(world, dial.announcer)
    packet = Packet(start.address, dial.address, PortSet.everything)
    place = world.range_at(start.segment[0], dial.address)
    if place is not None and place.segment == start.segment:
        yield from walker.on_segment(start.segment, dial.address, packet)
    usual = world.owners.get((start.segment, own.gateway or 0))
    for ref in world.forwarders.get(start.segment, ()):
        box = world.boxes[ref]
        if ref != usual and dial.address not in box.addresses:
            yield from walker.receive(box, box.port_on(start.segment), packet)


def send_from_pod(world: World, node: DeviceRef, dial: Dial) -> Iterator[Outcome]:
    """A pod sends by way of its node."""
    packet = Packet(world.pod, dial.address, PortSet.everything)
    return Walker(world).receive(world.boxes[node], POD_INTERFACE, packet)


def list_dials(world: World, addresses: Iterator[int]) -> Iterator[Dial]:
    """Everything that can be dialled, each once: hosts, services at each node, public addresses."""
    for address in dict.fromkeys(addresses):
        yield Dial(address)
    for service in world.services.values():
        for announcer in service.announcers:
            yield Dial(service.address, announcer=announcer)
    for site, address in world.publics.items():
        yield Dial(address, public=site)
    if world.pods is not None:
        yield Dial(world.pod)
