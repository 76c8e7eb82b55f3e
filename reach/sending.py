"""Somebody and an address to send to -> the ways a packet can take from there."""

from collections.abc import Iterable, Iterator

from reach.findings import Dial
from reach.packet import Packet
from reach.portset import PortSet
from reach.standing import DeviceStart, HostStart, Standing, Start, TunnelStart
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


def list_dials(world: World, standings: Iterable[Standing]) -> Iterator[Dial]:
    """Everything that can be dialled, each once; what pods answer, once for each of their nodes."""
    plain: dict[int, None] = {}
    for standing in standings:
        addresses = [address for host in standing.dials for address in host]
        service = world.services.get(standing.service or 0)
        if service is None:
            plain.update(dict.fromkeys(addresses))
        for announcer in service.announcers if service else ():
            yield from (Dial(address, announcer=announcer) for address in addresses)
    for address in plain:
        yield Dial(address, outside=address == world.internet)
    announcers = {node for service in world.services.values() for node in service.announcers}
    for site, address in world.publics.items():
        for node in sorted(announcers) or (None,):
            yield Dial(address, site, node)
    if world.pods is not None:
        yield Dial(world.pod, to_pods=True)
