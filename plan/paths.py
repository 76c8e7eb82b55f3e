"""Two places of a network -> the devices that packets between them pass, hop by hop."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from msgspec import Struct

from plan.model import Party, PartyKind, PlannedPrefix
from plan.topology import UNNAMED, Topology
from plan.tunnels import BACKBONE_INTERFACE
from terms.values import DeviceRef


class Place(Struct, frozen=True):
    """Where a party, or a part of it, is attached: to a segment, a tunnel, or the internet."""

    networks: tuple[IPv4Network, ...] = ()
    effective: tuple[IPv4Network, ...] = ()
    # None for the internet.
    site: str | None = None
    prefix: PlannedPrefix | None = None
    # The device itself, or the one that ends the tunnel of VPN clients.
    device: DeviceRef | None = None
    # WireGuard interface that VPN clients come out of.
    tunnel: str | None = None


class Hop(Struct, frozen=True):
    """A device on the way; `enters` is None where packets begin, `leaves` where they end."""

    device: DeviceRef
    enters: str | None
    leaves: str | None


Position = tuple[DeviceRef, str | None]
Step = tuple[str, Position | None]


def places_of(topology: Topology, party: Party) -> tuple[Place, ...]:
    """Where a party is; pods are where their service's address is, and nowhere without one."""
    if party.kind is PartyKind.INTERNET:
        return (Place(party.networks, party.effective),)
    if party.kind in (PartyKind.VPN, PartyKind.CLIENT):
        return tuple(_tunnel_places(topology, party))
    if party.site is None:
        return ()
    if party.device is None:
        return tuple(_segment_places(topology, party, None))
    if party.device in topology.forwarding:
        return (next(_segment_places(topology, party, party.device), _bare(party)),)
    return tuple(_segment_places(topology, party, party.device))


def _bare(party: Party) -> Place:
    return Place(party.networks, party.effective, party.site, None, party.device)


def _tunnel_places(topology: Topology, party: Party) -> Iterator[Place]:
    name = party.name.partition(".")[2]
    clients = topology.directory.network.vpn.clients
    endpoint = clients[name].endpoint if party.kind is PartyKind.CLIENT else name
    tunnel = topology.endpoints.get(endpoint)
    if tunnel:
        yield Place(party.networks, party.effective, party.site, None, party.device, tunnel)


def _segment_places(topology: Topology, party: Party, device: DeviceRef | None) -> Iterator[Place]:
    """One place for each address on a range; in those of a device that forwards are all of them."""
    whole = device in topology.forwarding
    site = party.site or ""
    for own, effective in zip(party.networks, party.effective, strict=True):
        prefix = topology.prefix_of(site, own.network_address)
        if prefix:
            networks = party.networks if whole else (own,)
            outer = party.effective if whole else (effective,)
            yield Place(networks, outer, site, prefix, device)


def find_path(topology: Topology, source: Place, target: Place) -> tuple[Hop, ...] | None:
    """The devices passed, the target itself last where it is one; None where there is no way."""
    direct = _direct_hop(topology, source, target)
    if direct is not None:
        return direct
    return _follow(topology, _first_position(topology, source, target), source, target)


def find_hairpin(topology: Topology, source: Place, target: Place) -> tuple[Hop, ...] | None:
    """The way by the site's router and back, as packets to the public address take it."""
    router = topology.router(target.site or "")
    if router is None or source.prefix is None:
        return None
    enters = topology.interface_on(router, source.prefix) or UNNAMED
    return _follow(topology, (router, enters), source, target)


def _follow(
    topology: Topology, position: Position | None, source: Place, target: Place
) -> tuple[Hop, ...] | None:
    hops: list[Hop] = []
    passed: set[Position] = set()
    while position and position not in passed:
        passed.add(position)
        device, enters = position
        if target.device == device and target.tunnel is None:
            return (*hops, Hop(device, enters, None))
        step = _next_step(topology, device, source, target)
        if step is None:
            return None
        leaves, position = step
        hops.append(Hop(device, enters, leaves))
        if position is None:
            return (*hops, *_arrival(topology, target))
    return None


def _direct_hop(topology: Topology, source: Place, target: Place) -> tuple[Hop, ...] | None:
    """Neighbours pass nobody, so only the target's own hop is left; None for all others."""
    if source.prefix is None or source.device in topology.forwarding or target.tunnel:
        return None
    if target.device is not None and target.device in topology.forwarding:
        near = topology.address_in(target.device, source.prefix)
        return (Hop(target.device, near, None),) if near else None
    return _arrival(topology, target) if source.prefix == target.prefix else None


def _arrival(topology: Topology, target: Place) -> tuple[Hop, ...]:
    if target.device is None or target.tunnel or target.prefix is None:
        return ()
    interface = topology.interface_on(target.device, target.prefix)
    return (Hop(target.device, interface or UNNAMED, None),)


def _first_position(topology: Topology, source: Place, target: Place) -> Position | None:
    """Where packets are first passed on; managed hosts know routes, others a default router."""
    if source.site is None:
        return _entrance(topology, target)
    if source.device and (source.tunnel or topology.knows_routes(source.device)):
        return source.device, source.tunnel
    router = topology.default_router(source.prefix) if source.prefix else None
    if router is None or source.prefix is None:
        return None
    return router, topology.interface_on(router, source.prefix) or UNNAMED


def _entrance(topology: Topology, target: Place) -> Position | None:
    """Where the internet comes in: at the target's own uplink, else at its site's router."""
    if target.site is None:
        return None
    outer = topology.outer_uplink(target.device) if target.device else None
    if target.device and outer:
        return target.device, outer
    router = topology.router(target.site)
    if router is None:
        return None
    uplink = topology.uplink(router)
    return (router, uplink or UNNAMED) if uplink or router not in topology.managed else None


def _next_step(topology: Topology, device: DeviceRef, source: Place, target: Place) -> Step | None:
    """The interface a device sends to the target by, and the next device, if there is one."""
    if target.site is None:
        return _to_internet(topology, device, source)
    if target.site != device.site:
        return _to_other_site(topology, device, target.site)
    if target.device and (target.tunnel or target.device in topology.forwarding):
        if target.device == device:
            return target.tunnel or UNNAMED, None
        return _to_device(topology, device, target.device)
    if target.prefix is None:
        return None
    interface = topology.on_link(device, target.prefix)
    if interface:
        return interface, None
    return _to_device(topology, device, topology.default_router(target.prefix))


def _to_internet(topology: Topology, device: DeviceRef, source: Place) -> Step | None:
    uplink = topology.uplink(device)
    router = topology.router(device.site)
    if uplink:
        return uplink, None
    if device == router:
        return None if device in topology.managed else (UNNAMED, None)
    begins = device == source.device and source.prefix and device not in topology.forwarding
    own = topology.default_router(source.prefix) if begins and source.prefix else router
    return _to_device(topology, device, own)


def _to_other_site(topology: Topology, device: DeviceRef, site: str) -> Step | None:
    gateway = topology.gateway(device.site)
    if device != gateway:
        return _to_device(topology, device, gateway)
    beyond = topology.next_gateway(device.site, site)
    return (BACKBONE_INTERFACE, (beyond, BACKBONE_INTERFACE)) if beyond else None


def _to_device(topology: Topology, device: DeviceRef, other: DeviceRef | None) -> Step | None:
    """Straight to a device on a shared segment, else by way of the site's router."""
    if other is None or other == device:
        return None
    way = topology.directory.places.way_to(device, other)
    if way:
        interface, address = way
        return interface, (other, topology.interface_with(other, address) or UNNAMED)
    router = topology.router(device.site)
    return _to_device(topology, device, router) if router not in (device, other) else None
