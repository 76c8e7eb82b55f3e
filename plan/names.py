"""Hosts, ranges and services -> the DHCP and DNS service of each device that gives it."""

from collections.abc import Iterator
from ipaddress import IPv4Address
from itertools import chain

from msgspec import Struct

from config.flow import Flow
from config.network import Network
from config.tenant import Service
from plan.addresses import effective_address
from plan.interfaces import prefix_of
from plan.leases import build_ranges, list_relays, list_reservations, served_by
from plan.model import Addresses, Dnsmasq, DnsRecord, Host, Mesh, PlannedPrefix
from plan.places import Places, find_places
from plan.reached import placed_endpoints
from plan.tunnels import ENDPOINT_PREFIX
from terms.values import DeviceRef, EndKind, PrefixRole


class SiteRecords(Struct, frozen=True):
    """The names at one site, as the site itself and as all others must resolve them."""

    own: tuple[DnsRecord, ...]
    abroad: tuple[DnsRecord, ...]


class Published(Struct, frozen=True):
    """A public name of a service, and the load-balancer address behind it."""

    prefix: PlannedPrefix
    hostname: str
    address: IPv4Address
    # Open to the internet: other sites then dial it as everyone else does, under the public name.
    public: bool
    # Otherwise the public port is not open at the address itself, and insiders need hairpin too.
    same_ports: bool


def build_dnsmasq(network: Network, addresses: Addresses, mesh: Mesh) -> dict[DeviceRef, Dnsmasq]:
    """Compute DHCP and DNS of the devices that give them, in the order of (site id, device).

    A device does when it is its site's managed router, when it is the DHCP server or relay of a
    prefix, or when it ends a VPN endpoint whose clients ask it.
    """
    places = find_places(network, addresses)
    asked = _asked_by_clients(network)
    served = served_by(network, addresses)
    relays = list_relays(network, addresses, places)
    records = _records_seen(network, addresses, mesh)
    hosts = _hosts_by_site(addresses)
    zones = {site: f"{site}.{network.network.domain}" for site in addresses.routers}
    found: dict[DeviceRef, Dnsmasq] = {}
    for device in (device for site in addresses.routers for device in places.managed[site]):
        is_router = device == addresses.routers[device.site]
        if not (is_router or device in served or device in relays or device in asked):
            continue
        prefixes = served.get(device, [])
        found[device] = Dnsmasq(
            domain=zones[device.site],
            zones=tuple(map(zones.__getitem__, (device.site, *mesh.joined_to(device.site)))),
            interfaces=(*_inner_interfaces(places, device), *asked.get(device, [])),
            ranges=build_ranges(network, places, device, prefixes),
            reservations=list_reservations(_hosts_of(hosts, prefixes), device, prefixes),
            relays=tuple(relays.get(device, ())),
            records=records[device.site],
        )
    return found


def _asked_by_clients(network: Network) -> dict[DeviceRef, list[str]]:
    """WireGuard interfaces whose clients use the device itself as their DNS server."""
    found: dict[DeviceRef, list[str]] = {}
    for placed in placed_endpoints(network):
        if placed.endpoint.dns is None:
            found.setdefault(placed.device, []).append(f"{ENDPOINT_PREFIX}{placed.name}")
    return found


def _inner_interfaces(places: Places, device: DeviceRef) -> tuple[str, ...]:
    uplinks = places.uplinks(device)
    inner = places.inner(device)
    return tuple(i.name for i in inner if i.addresses and i.name not in uplinks)


def _hosts_by_site(addresses: Addresses) -> dict[str, list[Host]]:
    found: dict[str, list[Host]] = {site: [] for site in addresses.routers}
    for host in addresses.hosts:
        found[host.site].append(host)
    return found


def _hosts_of(hosts: dict[str, list[Host]], prefixes: list[PlannedPrefix]) -> tuple[Host, ...]:
    sites = dict.fromkeys(prefix.site for prefix in prefixes)
    return tuple(host for site in sites for host in hosts[site])


# ---------------------------------------------------------------- DNS


def _records_seen(
    network: Network, addresses: Addresses, mesh: Mesh
) -> dict[str, tuple[DnsRecord, ...]]:
    """What each site resolves: its own hosts, and those of sites it is joined to by aliases."""
    records = _records_by_site(network, addresses)
    abroad = {site: found.abroad for site, found in records.items()}
    return {
        site: (*found.own, *chain.from_iterable(map(abroad.__getitem__, mesh.joined_to(site))))
        for site, found in records.items()
    }


def _records_by_site(network: Network, addresses: Addresses) -> dict[str, SiteRecords]:
    domain = network.network.domain
    own: dict[str, dict[str, DnsRecord]] = {site: {} for site in addresses.routers}
    abroad: dict[str, dict[str, DnsRecord]] = {site: {} for site in addresses.routers}
    for host in addresses.hosts:
        for name in (f"{label}.{host.site}.{domain}" for label in host.names):
            # A device with several addresses is known by its first.
            own[host.site].setdefault(name, DnsRecord(name, host.address))
            abroad[host.site].setdefault(name, DnsRecord(name, host.effective))
    for found in _published(network, addresses):
        site, name = found.prefix.site, found.hostname
        if found.same_ports:
            own[site][name] = DnsRecord(name, found.address)
        if not found.public:
            outer = effective_address(found.prefix, found.address)
            abroad[site][name] = DnsRecord(name, outer)
    return {
        site: SiteRecords(tuple(own[site].values()), tuple(abroad[site].values())) for site in own
    }


def _published(network: Network, addresses: Addresses) -> Iterator[Published]:
    """The public names of services, with the range that holds their address."""
    sites = {device.site for device, _ in addresses.nodes}
    ranges = tuple(
        prefix
        for prefix in addresses.prefixes
        if prefix.site in sites and prefix.role is PrefixRole.LOAD_BALANCER
    )
    flows = _flows_from_internet(network)
    for tenant, name, service in _services(network):
        prefix = prefix_of(ranges, service.address) if service.address else None
        if prefix and service.address:
            dialled = flows.get(f"{tenant}/{name}", [])
            for hostname in service.hostnames:
                yield Published(
                    prefix,
                    hostname,
                    service.address,
                    public=bool(dialled),
                    same_ports=all(_keeps_port(flow) for flow in dialled),
                )


def _services(network: Network) -> Iterator[tuple[str, str, Service]]:
    for tenant, described in sorted(network.tenants.items()):
        for name, service in sorted(described.services.items()):
            yield tenant, name, service


def _flows_from_internet(network: Network) -> dict[str, list[Flow]]:
    found: dict[str, list[Flow]] = {}
    for flow in network.flows:
        if flow.source == EndKind.INTERNET:
            found.setdefault(flow.target, []).append(flow)
    return found


def _keeps_port(flow: Flow) -> bool:
    """Whether insiders find the service at its own address under the port that is public."""
    return flow.through is None or all(
        ports.single and ports.first == flow.through for ports in flow.ports
    )
