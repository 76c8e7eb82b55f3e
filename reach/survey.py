"""A plan and the manifests rendered from it -> the world that packets meet."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import AddressValueError, IPv4Address
from itertools import chain

from config.references import resolve_device
from plan.model import DevicePlan, InterfaceKind, L3Interface, Plan, RouterSheet
from reach.address_classes import AddressClasses, is_routed, masked
from reach.balancers import read_services
from reach.filters import CompiledChain
from reach.portset import PortSet
from reach.routing import Ground, find_routes, is_router
from reach.world import (
    Box,
    LocalRange,
    Port,
    RouteTable,
    SegmentKey,
    SheetPort,
    Tunnel,
    TunnelPeer,
    World,
)
from render.manifest import Manifest
from terms.values import DeviceRef, PrefixRole


def survey(plan: Plan, manifests: Iterable[Manifest], classes: AddressClasses) -> World:
    """Put together everything that a packet can meet."""
    ranges = {site: _ranges_of(plan, site) for site in plan.addresses.routers}
    borders = {site: _border_of(plan, site) for site in plan.addresses.routers}
    publics, internet = _public_addresses(plan, borders, classes)
    cluster = plan.network.cluster
    ground = Ground(
        plan=plan,
        ranges=ranges,
        interfaces=_interfaces_by_device(plan),
        plans={device.ref: device for device in plan.devices},
        sheets={sheet.device: sheet for sheet in plan.router_sheets},
        nodes=frozenset(ref for ref, _ in plan.addresses.nodes),
        pods=masked(cluster.pods) if cluster else None,
        publics={ref: publics[site] for site, ref in borders.items() if ref is not None},
    )
    boxes = {ref: _box(ground, ref) for ref in ground.interfaces}
    owners = {key: box.ref for box in boxes.values() for key in _owned(box)}
    return World(
        boxes=boxes,
        owners=owners | _virtual_owners(ground, boxes),
        ranges=ranges,
        forwarders=_forwarders(boxes.values()),
        publics=publics,
        borders=borders,
        services={
            service.address: service
            for service in read_services(manifests, boxes, ranges, ground.nodes)
        },
        nodes=tuple(ref for ref, _ in plan.addresses.nodes),
        pods=ground.pods,
        pod=classes.stand_in(cluster.pods) if cluster else 0,
        internet=internet,
    )


# ---------------------------------------------------------------- sites


def _ranges_of(plan: Plan, site: str) -> tuple[LocalRange, ...]:
    return tuple(
        LocalRange(
            reference=prefix.reference,
            network=masked(prefix.cidr),
            segment=(site, prefix.segment),
            gateway=int(prefix.gateway) if prefix.gateway else None,
            load_balancer=prefix.role is PrefixRole.LOAD_BALANCER,
            alias_shift=int(prefix.effective.network_address) - int(prefix.cidr.network_address),
        )
        for prefix in plan.addresses.prefixes
        if prefix.site == site
    )


def _border_of(plan: Plan, site: str) -> DeviceRef | None:
    """The device that the internet meets first: a router with an uplink on no segment."""
    router = plan.addresses.routers[site]
    if router and plan.device(router) is None:
        return router
    outer = [
        interface.device
        for interface in plan.addresses.interfaces
        if interface.device.site == site
        and interface.kind is InterfaceKind.UPLINK
        and interface.segment is None
    ]
    if router in outer:
        return router
    unmanaged = (sheet.device for sheet in plan.router_sheets if sheet.device.site == site)
    return next(chain(unmanaged, outer), router)


def _public_addresses(
    plan: Plan, borders: Mapping[str, DeviceRef | None], classes: AddressClasses
) -> tuple[dict[str, int], int]:
    """The public address of each site, made up where only its provider knows it, and one beyond."""
    made_up = classes.on_the_internet()
    internet = next(made_up)
    written = {site: _written_address(plan, site, borders[site]) for site in borders}
    return {site: found or next(made_up) for site, found in written.items()}, internet


def _written_address(plan: Plan, site: str, border: DeviceRef | None) -> int | None:
    endpoint = plan.network.sites[site].circuit.endpoint
    own = [
        int(address.ip)
        for interface in plan.addresses.interfaces
        if interface.device == border and interface.kind is InterfaceKind.UPLINK
        for address in interface.addresses
    ]
    candidates = (*_address_in(endpoint), *own)
    return next((address for address in candidates if is_routed(address)), None)


def _address_in(text: str | None) -> Iterator[int]:
    try:
        yield int(IPv4Address(text or ""))
    except AddressValueError:
        return


# ---------------------------------------------------------------- devices


def _interfaces_by_device(plan: Plan) -> dict[DeviceRef, tuple[L3Interface, ...]]:
    # A router that nobody logs in to may be described without any address.
    routers = (ref for ref in plan.addresses.routers.values() if ref)
    found: dict[DeviceRef, list[L3Interface]] = {
        ref: [] for ref in (*(device.ref for device in plan.devices), *routers)
    }
    for interface in plan.addresses.interfaces:
        found.setdefault(interface.device, []).append(interface)
    return {ref: tuple(interfaces) for ref, interfaces in found.items()}


def _box(ground: Ground, ref: DeviceRef) -> Box:
    planned = ground.plans.get(ref)
    ports = {port.name: port for port in map(_port, ground.interfaces[ref])}
    tunnels = {tunnel.name: tunnel for tunnel in _tunnels(planned)}
    own = {address for port in ports.values() for address in port.addresses}
    own |= {tunnel.address for tunnel in tunnels.values()} | _virtual_addresses(ground, ref)
    if planned and ref in ground.publics:
        own.add(ground.publics[ref])
    return Box(
        ref=ref,
        managed=planned is not None,
        forwards=planned.forwards if planned else is_router(ground.plan, ref),
        node=ref in ground.nodes,
        ports=ports,
        tunnels=tunnels,
        addresses=frozenset(own),
        routes=RouteTable(find_routes(ground, ref, tuple(ports.values()), own)),
        chains={c.chain: CompiledChain(c) for c in planned.ruleset.chains} if planned else {},
        sheet=tuple(_sheet(ground.sheets.get(ref))),
    )


def _port(interface: L3Interface) -> Port:
    return Port(
        name=interface.name,
        segment=(interface.device.site, interface.segment) if interface.segment else None,
        addresses=tuple(int(address.ip) for address in interface.addresses),
        uplink=interface.kind is InterfaceKind.UPLINK,
    )


def _tunnels(planned: DevicePlan | None) -> Iterator[Tunnel]:
    for wireguard in planned.wireguard if planned else ():
        yield Tunnel(
            name=wireguard.name,
            address=int(wireguard.address.ip),
            range=masked(wireguard.address.network),
            peers=tuple(
                TunnelPeer(peer.name, peer.gateway, tuple(map(masked, peer.allowed_ips)))
                for peer in wireguard.peers
            ),
            endpoint=wireguard.endpoint,
        )


def _virtual_addresses(ground: Ground, ref: DeviceRef) -> set[int]:
    """The API's virtual address may be at any node of the control plane."""
    cluster = ground.plan.network.cluster
    if cluster is None or cluster.api.address is None or ref not in _control_plane(ground.plan):
        return set()
    return {int(cluster.api.address)}


def _control_plane(plan: Plan) -> frozenset[DeviceRef]:
    cluster = plan.network.cluster
    nodes = cluster.nodes.items() if cluster else ()
    found = (resolve_device(plan.network, name) for name, node in nodes if node.control_plane)
    return frozenset(ref for ref in found if ref)


def _sheet(sheet: RouterSheet | None) -> Iterator[SheetPort]:
    for forward in sheet.forwards if sheet else ():
        ports = PortSet.of((forward.public,))
        yield SheetPort(ports, int(forward.to), forward.port, forward.why)


# ---------------------------------------------------------------- who is where


def _owned(box: Box) -> Iterator[tuple[SegmentKey, int]]:
    for port in box.ports.values():
        if port.segment:
            yield from ((port.segment, address) for address in port.addresses)


def _virtual_owners(
    ground: Ground, boxes: Mapping[DeviceRef, Box]
) -> dict[tuple[SegmentKey, int], DeviceRef]:
    cluster = ground.plan.network.cluster
    if cluster is None or cluster.api.address is None:
        return {}
    address = int(cluster.api.address)
    return {
        (port.segment, address): ref
        for ref in sorted(_control_plane(ground.plan), reverse=True)
        for port in (boxes[ref].ports.values() if ref in boxes else ())
        if port.segment and port.addresses
    }


def _forwarders(boxes: Iterable[Box]) -> dict[SegmentKey, tuple[DeviceRef, ...]]:
    found: dict[SegmentKey, tuple[DeviceRef, ...]] = {}
    for box in boxes:
        # Nodes pass on what is for pods, whoever hands it to them.
        for port in box.ports.values() if box.forwards or box.node else ():
            if port.segment and port.addresses and box.ref not in found.get(port.segment, ()):
                found[port.segment] = (*found.get(port.segment, ()), box.ref)
    return found
