"""Tunnels between gateways -> those that cannot come up, since neither end can dial the other."""

from collections.abc import Iterator

from msgspec.structs import replace

from plan.model import Peer, Plan, WireguardInterface
from reach.answers import answering_ports, find_fault
from reach.packet import Loss
from reach.portset import PortSet
from reach.walk import End, Walker
from reach.world import World
from terms.values import DeviceRef, Protocol


def find_dead_links(plan: Plan, world: World) -> World:
    """The world with every tunnel marked that no handshake could cross."""
    dead: dict[frozenset[DeviceRef], str] = {}
    alive: set[frozenset[DeviceRef]] = set()
    for interface in plan.mesh.interfaces:
        for peer in interface.peers:
            if peer.gateway is None:
                continue
            link = frozenset({interface.device, peer.gateway})
            reason = _why_not(plan, world, interface, peer)
            if reason is None:
                alive.add(link)
            else:
                dead[link] = reason
    return replace(world, dead_links={link: dead[link] for link in dead if link not in alive})


def _why_not(plan: Plan, world: World, own: WireguardInterface, peer: Peer) -> str | None:
    """Why this end cannot dial the other one; None where it can."""
    if peer.endpoint is None or peer.gateway is None:
        return "neither end can be dialled"
    asked = PortSet.single(Protocol.UDP, _port_of(plan, own.name, peer.gateway))
    reasons = list(_dial(world, own.device, peer.gateway, asked))
    return reasons[0] if reasons else None


def _dial(world: World, source: DeviceRef, target: DeviceRef, ports: PortSet) -> Iterator[str]:
    """What is in the way of the first packet, or of the answer to it."""
    for outcome in Walker(world).from_device(source, world.publics[target.site], ports):
        if isinstance(outcome, Loss):
            yield str(outcome.packet.trail[-1])
        elif outcome.end is not End.DEVICE or outcome.device != target:
            yield f"what {source} dials leads elsewhere"
        else:
            packet = outcome.packet
            bare = packet._replace(ports=answering_ports(packet.ports), port=0, arrived=0)
            if fault := find_fault(world, outcome._replace(packet=bare)):
                yield str(fault)


def _port_of(plan: Plan, name: str, device: DeviceRef) -> int:
    found = (i.port for i in plan.mesh.interfaces if i.device == device and i.name == name)
    return next(found)
