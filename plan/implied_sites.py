"""Roles of ranges, VPN endpoints and published ports -> the flows a site cannot do without."""

from collections.abc import Iterator

from config.inventory import ROLES_WITH_HOSTS, is_managed
from config.references import resolve_device
from config.site import Dhcp
from plan.addresses import sites_in_order
from plan.directory import Directory
from plan.implication import DNS_PORTS, EVERYTHING, PING, imply
from plan.model import Party, PartyKind, PlannedFlow, PlannedPrefix
from plan.parties import (
    INTERNET,
    address_party,
    device_party,
    endpoint_party,
    prefix_party,
    service_party,
)
from plan.tunnels import is_dialable
from terms.values import Audience, DeviceRef, Ports, PrefixRole, Protocol

DHCP_PORTS = (Ports(Protocol.UDP, 67, 67),)
DHCP_NAME = "dhcp"

ROLES_WITH_INTERNET = frozenset({PrefixRole.USER, PrefixRole.SERVERS})


def site_flows(directory: Directory) -> Iterator[PlannedFlow]:
    """What the hosts of each range need: an address, names, their router, and by role the rest."""
    for site, _ in sites_in_order(directory.network):
        for prefix in directory.places.prefixes[site]:
            yield from _dhcp_flows(directory, prefix)
            if prefix.role in ROLES_WITH_HOSTS:
                yield from _host_flows(directory, prefix)
            if prefix.role in ROLES_WITH_INTERNET and _has_way_out(directory, prefix):
                yield from _internet_flows(prefix)
            if prefix.role is PrefixRole.IOT:
                yield from _iot_flows(directory, prefix)


def _managed(directory: Directory, ref: DeviceRef | None) -> DeviceRef | None:
    return ref if ref and is_managed(directory.network.device(ref)) else None


def _dhcp_flows(directory: Directory, prefix: PlannedPrefix) -> Iterator[PlannedFlow]:
    """Clients to server, and by way of the relay where there is one.

    The server answers a relay at its address on the clients' segment, which connection tracking
    does not take for the answer to a packet from elsewhere (RFC 2131 section 4.1): so both ways.
    """
    dhcp = directory.network.sites[prefix.site].prefixes[prefix.name].dhcp
    if dhcp is None:
        return
    name = f"{DHCP_NAME}/{prefix.reference}"
    server, relay = _dhcp_devices(directory, prefix, dhcp)
    clients = prefix_party(prefix)
    if server:
        yield imply(name, (clients, server), DHCP_PORTS, "hosts lease addresses")
    if relay:
        yield imply(name, (clients, relay), DHCP_PORTS, "hosts lease addresses by way of a relay")
    if server and relay:
        yield imply(name, (relay, server), DHCP_PORTS, "the relay passes requests on")
        yield imply(name, (server, relay), DHCP_PORTS, "the server answers the relay")


def _dhcp_devices(
    directory: Directory, prefix: PlannedPrefix, dhcp: Dhcp
) -> tuple[Party | None, Party | None]:
    network, site = directory.network, prefix.site
    router = directory.addresses.routers[site]
    server = resolve_device(network, dhcp.server, site) if dhcp.server else router
    relay = resolve_device(network, dhcp.relay, site) if dhcp.relay else None
    return (
        device_party(directory, server) if server else None,
        device_party(directory, relay) if relay else None,
    )


def dns_server(directory: Directory, prefix: PlannedPrefix) -> DeviceRef | None:
    """The managed device that a range's hosts ask for names: its DHCP server, else its router."""
    dhcp = directory.network.sites[prefix.site].prefixes[prefix.name].dhcp
    served = (
        resolve_device(directory.network, dhcp.server, prefix.site)
        if dhcp and dhcp.server
        else None
    )
    return _managed(directory, served) or _managed(
        directory, directory.addresses.routers[prefix.site]
    )


def _host_flows(directory: Directory, prefix: PlannedPrefix) -> Iterator[PlannedFlow]:
    hosts = prefix_party(prefix)
    server, router = dns_server(directory, prefix), directory.addresses.routers[prefix.site]
    if server:
        parties = (hosts, device_party(directory, server))
        yield imply(f"dns/{prefix.reference}", parties, DNS_PORTS, "hosts look up names")
    if router:
        parties = (hosts, device_party(directory, router))
        yield imply(f"ping/{prefix.reference}", parties, (PING,), "hosts test the way out")


def _has_way_out(directory: Directory, prefix: PlannedPrefix) -> bool:
    """Whether a device is known that sends on what leaves the range."""
    owner = directory.owners.get((prefix.site, prefix.gateway)) if prefix.gateway else None
    return (owner or directory.addresses.routers[prefix.site]) is not None


def _internet_flows(prefix: PlannedPrefix) -> Iterator[PlannedFlow]:
    why = f"role {prefix.role} may use the internet"
    yield imply(f"internet/{prefix.reference}", (prefix_party(prefix), INTERNET), EVERYTHING, why)


def _iot_flows(directory: Directory, prefix: PlannedPrefix) -> Iterator[PlannedFlow]:
    declared = directory.network.sites[prefix.site].prefixes[prefix.name]
    server = declared.server and resolve_device(directory.network, declared.server, prefix.site)
    if server:
        yield imply(
            f"iot/{prefix.reference}",
            (prefix_party(prefix), device_party(directory, server)),
            tuple(sorted(set(declared.server_ports))),
            "things talk to their one server",
        )


def tunnel_flows(directory: Directory) -> Iterator[PlannedFlow]:
    """Who dials WireGuard, and what the clients of an endpoint ask for names."""
    network = directory.network
    backbone = network.vpn.backbone.port
    for site, declared in sites_in_order(network):
        gateway = _managed(directory, directory.addresses.gateways[site])
        if gateway and is_dialable(declared) and len(network.sites) > 1:
            why = "gateways of other sites dial in"
            yield _listening(directory, f"wireguard/{site}", gateway, backbone, why)
    for name, endpoint in sorted(network.vpn.endpoints.items()):
        device = directory.endpoints.get(name)
        if device is None:
            continue
        why = f"clients of vpn.{name} dial in"
        yield _listening(directory, f"wireguard/vpn.{name}", device, endpoint.port, why)
        server = (
            address_party(directory, device.site, endpoint.dns)
            if endpoint.dns
            else device_party(directory, device)
        )
        clients = endpoint_party(name, endpoint, device)
        yield imply(f"dns/vpn.{name}", (clients, server), DNS_PORTS, "clients look up names")


def _listening(
    directory: Directory, name: str, device: DeviceRef, port: int, why: str
) -> PlannedFlow:
    """A WireGuard port that the internet reaches: forwarded where the router is another device."""
    behind = device != directory.addresses.routers[device.site]
    ports = (Ports(Protocol.UDP, port, port),)
    parties = (INTERNET, device_party(directory, device))
    return imply(name, parties, ports, why, public_port=port if behind else None)


def published_flows(directory: Directory) -> Iterator[PlannedFlow]:
    """Users to the services whose address is in a pool for the LAN."""
    for tenant, declared in sorted(directory.network.tenants.items()):
        for name in sorted(declared.services):
            service = service_party(directory, tenant, name)
            if not service.site or not service.service or not _is_for_the_lan(directory, service):
                continue
            ports = tuple(sorted({Ports(p, port, port) for p, port, _ in service.service.ports}))
            for users in user_parties(directory, service.site):
                yield imply(
                    f"load-balancer/{tenant}/{name}",
                    (users, service),
                    ports,
                    "its address is in a pool for the LAN",
                )


def _is_for_the_lan(directory: Directory, service: Party) -> bool:
    pools = directory.network.cluster.pools.values() if directory.network.cluster else ()
    return any(
        pool.audience is Audience.LAN and service.networks[0].subnet_of(pool.cidr) for pool in pools
    )


def user_parties(directory: Directory, site: str) -> tuple[Party, ...]:
    """The ranges of a site's users."""
    ranges = directory.places.prefixes[site]
    return tuple(prefix_party(prefix) for prefix in ranges if prefix.role is PrefixRole.USER)


def hairpin_flows(directory: Directory, flows: tuple[PlannedFlow, ...]) -> Iterator[PlannedFlow]:
    """Let a site's users reach by the public name what the internet reaches by it."""
    for flow in flows:
        if flow.source.kind is not PartyKind.INTERNET or flow.target.site is None:
            continue
        for users in user_parties(directory, flow.target.site):
            yield imply(
                f"hairpin/{flow.name}",
                (users, flow.target),
                flow.ports,
                "the public name has to work at home too",
                flow.public_port,
            )
