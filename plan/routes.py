"""Mesh and addresses -> the routes that each managed device needs beyond its connected ones."""

from collections.abc import Iterator
from ipaddress import IPv4Address
from itertools import chain

from config.network import Network
from plan.model import Addresses, Mesh, PlannedPrefix, Route
from plan.places import Places, find_places
from plan.reached import reached_networks
from plan.tunnel_ranges import TunnelRange, tunnel_ranges
from plan.tunnels import BACKBONE_INTERFACE
from terms.values import DeviceRef


def build_routes(
    network: Network, addresses: Addresses, mesh: Mesh
) -> dict[DeviceRef, tuple[Route, ...]]:
    """Compute the routes of every managed device, in the order of (site id, device).

    Default routes are base addressing and not among them.
    """
    places = find_places(network, addresses)
    into_mesh = _routes_into_mesh(network, addresses)
    routes: dict[DeviceRef, tuple[Route, ...]] = {}
    for site, ranges in tunnel_ranges(network, addresses, mesh).items():
        router = addresses.routers[site]
        for device in places.managed[site]:
            beyond = (
                chain.from_iterable(map(into_mesh.__getitem__, tunnel.sites))
                if tunnel.device == device
                else _routes_by_neighbour(tunnel, device, router, places)
                for tunnel in ranges
            )
            ends_tunnels = any(tunnel.device == device for tunnel in ranges)
            inside = _routes_to_segments(device, router, places) if ends_tunnels else ()
            routes[device] = (*chain.from_iterable(beyond), *inside)
    return routes


def _routes_into_mesh(network: Network, addresses: Addresses) -> dict[str, tuple[Route, ...]]:
    """The routes to each site that every gateway of the mesh has, made once for all of them."""
    return {
        site: tuple(Route(item.network, BACKBONE_INTERFACE, None, item.what) for item in ranges)
        for site, ranges in reached_networks(network, addresses).items()
    }


def _routes_by_neighbour(
    tunnel: TunnelRange, device: DeviceRef, router: DeviceRef | None, places: Places
) -> Iterator[Route]:
    """From a device beside the one that ends the tunnel."""
    way = places.way_to(device, tunnel.device)
    if way is None or _is_default(places, device, router, way[1]):
        return
    for item in (tunnel.connected, *tunnel.beyond):
        yield Route(item.network, way[0], way[1], item.what)


def _is_default(
    places: Places, device: DeviceRef, router: DeviceRef | None, via: IPv4Address
) -> bool:
    """Whether a host's default route leads there anyway; the router's own leads to the internet."""
    if device == router:
        return False
    own = places.on_segments(device.site, places.segments(device))
    return any(prefix.gateway == via for prefix in own)


def _routes_to_segments(
    device: DeviceRef, router: DeviceRef | None, places: Places
) -> Iterator[Route]:
    """From a device that ends tunnels to segments it has no address on: by the site's router.

    Written out because such a device may have an uplink, and so a default route, of its own.
    """
    way = places.way_to(device, router) if router and device != router else None
    if way is None:
        return
    interface, via = way
    for prefix in _prefixes_elsewhere(device, places):
        yield Route(prefix.cidr, interface, via, prefix.reference)


def _prefixes_elsewhere(device: DeviceRef, places: Places) -> tuple[PlannedPrefix, ...]:
    own = places.segments(device)
    return tuple(p for p in places.routed(device.site) if p.segment not in own)
