"""Tunnels and routers -> whose source address a device has to hide, so that answers come back."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from msgspec import Struct

from config.inventory import is_managed
from config.network import Network
from plan.model import Addresses, Mesh
from plan.places import Places, find_places, networks_of
from plan.tunnel_ranges import TunnelRange, tunnel_ranges
from terms.values import DeviceRef, PrefixRole


class Masking(Struct, frozen=True):
    """Packets whose source becomes the device's own address on the interface they leave by."""

    device: DeviceRef
    input_interfaces: tuple[str, ...]
    output_interfaces: tuple[str, ...]
    # Empty for any source.
    sources: tuple[IPv4Network, ...]
    destinations: tuple[IPv4Network, ...]
    why: str


def build_maskings(network: Network, addresses: Addresses, mesh: Mesh) -> tuple[Masking, ...]:
    """Find what the devices that end tunnels, and the routers beside them, have to hide.

    None for tunnels where the device that ends them is the router: all answers pass it anyway.
    """
    places = find_places(network, addresses)
    found: list[Masking] = []
    for site, ranges in tunnel_ranges(network, addresses, mesh).items():
        router = addresses.routers[site]
        managed = router if router and is_managed(network.device(router)) else None
        by_device: dict[DeviceRef, list[TunnelRange]] = {}
        for tunnel in ranges:
            by_device.setdefault(tunnel.device, []).append(tunnel)
        for device, tunnels in sorted(by_device.items()):
            if device != router:
                found += _mask_arrivals(device, tunnels, managed, places)
                found += _mask_departures(device, tunnels, managed, places)
        found += _mask_neighbours(managed, addresses, places)
    return tuple(found)


def _mask_arrivals(
    device: DeviceRef, tunnels: list[TunnelRange], router: DeviceRef | None, places: Places
) -> Iterator[Masking]:
    """Hide what comes out of a tunnel and goes to hosts that would answer by another way.

    Hosts on the device's own segment send answers to their default router, which has not seen the
    beginning of the connection and may drop them. A managed router knows the way back from the
    other segments; an unmanaged one is not trusted to. Also the way of management on a first
    run, when no host has a route yet.
    """
    outputs = _addressed(device, places)
    own = places.on_segments(device.site, places.segments(device))
    hidden_from = own if router else places.routed(device.site)
    if not outputs or not hidden_from:
        return
    yield Masking(
        device=device,
        input_interfaces=tuple(tunnel.interface for tunnel in tunnels),
        output_interfaces=outputs,
        sources=(),
        destinations=networks_of(hidden_from),
        why="answers must come back through this device",
    )


def _mask_departures(
    device: DeviceRef, tunnels: list[TunnelRange], router: DeviceRef | None, places: Places
) -> Iterator[Masking]:
    """On the router: hide hosts that share a segment with the device that ends the tunnels.

    Its answers would go straight to such a host, and the router would see half a connection.
    """
    if router is None:
        return
    for interface in places.inner(router):
        segment = interface.segment or ""
        if not interface.addresses or places.address_on(device, segment) is None:
            continue
        yield Masking(
            device=router,
            input_interfaces=(interface.name,),
            output_interfaces=(interface.name,),
            sources=networks_of(places.on_segments(device.site, frozenset({segment}))),
            destinations=tuple(n for tunnel in tunnels for n in tunnel.networks),
            why=f"answers from {device.device} must pass this router",
        )


def _mask_neighbours(
    router: DeviceRef | None, addresses: Addresses, places: Places
) -> Iterator[Masking]:
    """On the router: hide hosts that ask for a service which nodes beside them answer for.

    The range of such addresses is none of the host's own, so it asks by way of the router; a node
    has an address in the host's range, so it answers straight, and the router would see half a
    connection. A router that is a node itself takes such packets in and passes none of them on.
    """
    nodes = dict(addresses.nodes)
    if router in nodes:
        return
    for interface in places.inner(router) if router else ():
        beside = places.on_segments(interface.device.site, frozenset({interface.segment or ""}))
        asking = tuple(p for p in beside if any(node in p.cidr for node in nodes.values()))
        answered = tuple(p for p in beside if p.role is PrefixRole.LOAD_BALANCER)
        if interface.addresses and asking and answered:
            yield Masking(
                device=interface.device,
                input_interfaces=(interface.name,),
                output_interfaces=(interface.name,),
                sources=networks_of(asking),
                destinations=networks_of(answered),
                why="nodes would answer their neighbours straight",
            )


def _addressed(device: DeviceRef, places: Places) -> tuple[str, ...]:
    """Names of the device's interfaces that have an address on a segment of the site."""
    return tuple(i.name for i in places.inner(device) if i.addresses)
