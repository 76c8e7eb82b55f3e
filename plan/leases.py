"""Prefixes with DHCP and hosts with MAC addresses -> ranges, fixed leases and relays by device."""

from ipaddress import IPv4Address

from config.network import Network
from config.references import resolve_device
from config.site import Dhcp
from plan.addresses import addresses_of
from plan.interfaces import ONLY_INTERFACE
from plan.model import Addresses, DhcpRange, DhcpRelay, DhcpReservation, Host, PlannedPrefix
from plan.places import Places
from terms.values import DeviceRef


def served_by(network: Network, addresses: Addresses) -> dict[DeviceRef, list[PlannedPrefix]]:
    """The prefixes whose leases each device gives, managed or not."""
    found: dict[DeviceRef, list[PlannedPrefix]] = {}
    for prefix in addresses.prefixes:
        server = dhcp_server(network, addresses, prefix)
        if server:
            found.setdefault(server, []).append(prefix)
    return found


def dhcp_server(network: Network, addresses: Addresses, prefix: PlannedPrefix) -> DeviceRef | None:
    """The device that gives leases on the prefix: the one written, else the site's router."""
    dhcp = _dhcp_of(network, prefix)
    if dhcp is None:
        return None
    if dhcp.server:
        return resolve_device(network, dhcp.server, prefix.site)
    return addresses.routers[prefix.site]


def build_ranges(
    network: Network, places: Places, server: DeviceRef, prefixes: list[PlannedPrefix]
) -> tuple[DhcpRange, ...]:
    """The ranges that a device serves, by name of the prefix; relayed ones say from where."""
    return tuple(
        _range(network, places, server, prefix, dhcp)
        for prefix in prefixes
        for dhcp in [_dhcp_of(network, prefix)]
        if dhcp
    )


def list_reservations(
    hosts: tuple[Host, ...], server: DeviceRef, prefixes: list[PlannedPrefix]
) -> tuple[DhcpReservation, ...]:
    """Fixed leases for the hosts of these prefixes whose MAC address is known, by address.

    One a MAC address and prefix: a second address of the same port is set on the device itself.
    """
    names = {(prefix.site, prefix.name) for prefix in prefixes}
    leased: dict[tuple[str, str], DhcpReservation] = {}
    for host in hosts:
        is_server = DeviceRef(host.site, host.name) == server
        if host.mac and not is_server and (host.site, host.prefix) in names:
            reservation = DhcpReservation(host.name, host.mac, host.address)
            leased.setdefault((host.prefix, host.mac), reservation)
    return tuple(sorted(leased.values(), key=lambda lease: (lease.address, lease.name)))


def list_relays(
    network: Network, addresses: Addresses, places: Places
) -> dict[DeviceRef, list[DhcpRelay]]:
    """The requests that each device passes on to a server on another segment, managed or not."""
    found: dict[DeviceRef, list[DhcpRelay]] = {}
    for prefix in addresses.prefixes:
        relay = _relay_of(network, prefix)
        server = dhcp_server(network, addresses, prefix)
        if relay is None or server is None or relay == server:
            continue
        local = _address_in(network, relay, prefix)
        to = dialled_address(network, places, relay, server)
        if local and to:
            found.setdefault(relay, []).append(DhcpRelay(local, to))
    return found


def _range(
    network: Network, places: Places, server: DeviceRef, prefix: PlannedPrefix, dhcp: Dhcp
) -> DhcpRange:
    relay = _relay_of(network, prefix)
    on_link = places.address_on(server, prefix.segment)
    nearest = _interface_for(places, server, prefix)
    return DhcpRange(
        prefix=prefix.name,
        interface=nearest,
        network=prefix.cidr,
        first=dhcp.first,
        last=dhcp.last,
        lease=dhcp.lease,
        router=prefix.gateway,
        dns=on_link or next(iter(addresses_of(network.device(server))), None),
        # A server that hears the segment itself needs nobody to pass requests on.
        relayed_by=_address_in(network, relay, prefix) if relay and not on_link else None,
    )


def _interface_for(places: Places, server: DeviceRef, prefix: PlannedPrefix) -> str:
    """Where requests come in: on the prefix's segment, else where relayed ones can come from."""
    inner = [interface for interface in places.inner(server) if interface.addresses]
    on_link = (i.name for i in inner if i.segment == prefix.segment)
    return next(on_link, inner[0].name if inner else ONLY_INTERFACE)


def _dhcp_of(network: Network, prefix: PlannedPrefix) -> Dhcp | None:
    return network.sites[prefix.site].prefixes[prefix.name].dhcp


def _relay_of(network: Network, prefix: PlannedPrefix) -> DeviceRef | None:
    dhcp = _dhcp_of(network, prefix)
    return resolve_device(network, dhcp.relay, prefix.site) if dhcp and dhcp.relay else None


def _address_in(network: Network, device: DeviceRef, prefix: PlannedPrefix) -> IPv4Address | None:
    own = addresses_of(network.device(device))
    return next((address for address in own if address in prefix.cidr), None)


def dialled_address(
    network: Network, places: Places, relay: DeviceRef, server: DeviceRef
) -> IPv4Address | None:
    """The server's address that a relay sends to: on a segment they share, if there is one."""
    way = places.way_to(relay, server)
    return way[1] if way else next(iter(addresses_of(network.device(server))), None)
