"""What was planned -> what a person has to set on routers and switches that nobody logs in to."""

from collections.abc import Iterator

from msgspec import Struct

from config.inventory import is_managed
from config.network import Network
from config.references import resolve_device
from config.site import Cable, Device, Interface, Site, WirelessLink
from plan.addresses import sites_in_order
from plan.forwards import Forward, list_forwards
from plan.leases import dhcp_server, dialled_address, list_reservations, served_by
from plan.model import (
    Addresses,
    L3Interface,
    Mesh,
    PlannedFlow,
    RouterSheet,
    SheetForward,
    SheetRelay,
    SheetRoute,
    SwitchPort,
    SwitchSheet,
)
from plan.places import Places, find_places
from plan.tunnel_ranges import TunnelRange, tunnel_ranges
from terms.values import DeviceRef, DeviceRole

# ---------------------------------------------------------------- routers


def build_router_sheets(
    network: Network, addresses: Addresses, mesh: Mesh, flows: tuple[PlannedFlow, ...]
) -> tuple[RouterSheet, ...]:
    """Make the sheet of each site's default router that is not managed, by site id."""
    places = find_places(network, addresses)
    forwards = list_forwards(network, addresses, mesh, flows)
    ranges = tunnel_ranges(network, addresses, mesh)
    served = served_by(network, addresses)
    return tuple(
        RouterSheet(
            device=router,
            forwards=tuple(_sheet_forward(f) for f in forwards if _is_forwarded_by(f, router)),
            routes=tuple(_sheet_routes(router, ranges[router.site], places)),
            reservations=list_reservations(addresses.hosts, router, served.get(router, [])),
        )
        for router in addresses.routers.values()
        if router and not is_managed(network.device(router))
    )


def _is_forwarded_by(forward: Forward, router: DeviceRef) -> bool:
    return forward.site == router.site and forward.device != router


def _sheet_forward(forward: Forward) -> SheetForward:
    return SheetForward(forward.public, forward.address, forward.port, forward.why)


def _sheet_routes(
    router: DeviceRef, ranges: tuple[TunnelRange, ...], places: Places
) -> Iterator[SheetRoute]:
    """To everything behind the site's tunnels, by the device that ends them."""
    for tunnel in ranges:
        way = places.way_to(router, tunnel.device)
        if way is None:
            continue
        for item in (tunnel.connected, *tunnel.beyond):
            yield SheetRoute(item.network, way[1], item.what)


# ---------------------------------------------------------------- switches


class Plugged(Struct, frozen=True):
    """What is at the other end of a switch's port: `device` or `device/port`, and the speed."""

    other: str
    speed: str


def build_switch_sheets(network: Network, addresses: Addresses) -> tuple[SwitchSheet, ...]:
    """Make the sheet of each switch that is not managed, in the order of (site id, name)."""
    places = find_places(network, addresses)
    return tuple(
        SwitchSheet(
            device=DeviceRef(site_name, name),
            ports=tuple(_switch_ports(site, DeviceRef(site_name, name), places)),
            relays=tuple(_sheet_relays(network, addresses, places, DeviceRef(site_name, name))),
        )
        for site_name, site in sites_in_order(network)
        for name, device in sorted(site.devices.items())
        if device.role is DeviceRole.SWITCH and not is_managed(device)
    )


def _switch_ports(site: Site, switch: DeviceRef, places: Places) -> Iterator[SwitchPort]:
    plugged = _plugged_into(site, switch.device)
    described = site.devices[switch.device].interfaces
    for port in sorted({*described, *plugged}, key=_natural):
        own = described.get(port, Interface())
        end = plugged.get(port, Plugged("", ""))
        untagged, tagged = _segments_of(own, site, switch, end.other, places)
        yield SwitchPort(
            port=port,
            neighbour=end.other,
            speed=end.speed or (own.speed or ""),
            untagged=untagged,
            untagged_vlan=_vlan_of(site, untagged),
            tagged=tuple(
                (segment, vlan) for segment in tagged if (vlan := _vlan_of(site, segment))
            ),
        )


def _natural(port: str) -> tuple[str, int, str]:
    """Order sfp2 before sfp10."""
    letters = port.rstrip("0123456789")
    return (letters, int(port[len(letters) :] or 0), port)


def _plugged_into(site: Site, switch: str) -> dict[str, Plugged]:
    found: dict[str, Plugged] = {}
    links: list[Cable | WirelessLink] = [*site.cables, *site.wireless]
    for link in links:
        speed = (link.speed or "") if isinstance(link, Cable) else ""
        for own, other in ((link.a, link.b), (link.b, link.a)):
            device, _, port = own.partition("/")
            if device == switch and port:
                found[port] = Plugged(other, speed)
    return found


def _segments_of(
    own: Interface, site: Site, switch: DeviceRef, other: str, places: Places
) -> tuple[str | None, tuple[str, ...]]:
    """Untagged and tagged segments of a port: as written for it, else what its neighbour has."""
    if own.segment or own.tagged:
        return own.segment, own.tagged
    device, _, port = other.partition("/")
    neighbour = site.devices.get(device)
    described = neighbour.interfaces.get(port) if neighbour else None
    if described and (described.segment or described.tagged):
        return described.segment, described.tagged
    interfaces = places.interfaces.get(DeviceRef(switch.site, device), ())
    behind = _segment_behind(neighbour, interfaces, port)
    return behind or site.devices[switch.device].segment, ()


def _segment_behind(
    neighbour: Device | None, interfaces: tuple[L3Interface, ...], port: str
) -> str | None:
    """The segment of a neighbour at this cable; a switch's address says nothing about its ports."""
    if neighbour is None:
        return None
    addressed = () if neighbour.role is DeviceRole.SWITCH else interfaces
    at_port = (i.segment for i in addressed if i.name == port or len(addressed) == 1)
    return next(filter(None, at_port), neighbour.segment)


def _vlan_of(site: Site, segment: str | None) -> int | None:
    return site.segments[segment].vlan if segment in site.segments else None


def _sheet_relays(
    network: Network, addresses: Addresses, places: Places, switch: DeviceRef
) -> Iterator[SheetRelay]:
    """DHCP requests that the switch passes on, by prefix."""
    for prefix in places.prefixes[switch.site]:
        dhcp = network.sites[prefix.site].prefixes[prefix.name].dhcp
        relay = resolve_device(network, dhcp.relay, prefix.site) if dhcp and dhcp.relay else None
        server = dhcp_server(network, addresses, prefix)
        address = dialled_address(network, places, switch, server) if server else None
        if relay == switch and address:
            yield SheetRelay(prefix.segment, address)
