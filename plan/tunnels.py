"""Sites, VPN endpoints and clients -> links between sites and the WireGuard interfaces."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network
from itertools import combinations

from config.network import Network
from config.site import Site
from plan.addresses import is_managed, sites_in_order
from plan.model import Addresses, LinkKind, Mesh, Peer, SiteLink, WireguardInterface
from plan.mtu import wireguard_mtu
from plan.reached import ReachedNetwork, placed_endpoints, reached_networks
from plan.ruleset import host_prefix
from terms.values import CircuitKind, DeviceRef

BACKBONE_INTERFACE = "wg-mesh"
ENDPOINT_PREFIX = "wg-"

# Seconds: shorter than the 30 that a NAT may keep an idle UDP entry (wg(8), PersistentKeepalive).
KEEPALIVE = 25


@dataclass(frozen=True, slots=True)
class TunnelEnd:
    """A site's end of every backbone tunnel."""

    site: str
    gateway: DeviceRef | None
    # Where peers dial, as host:port; None for a site that can only dial out.
    dialled: str | None
    relays: bool
    address: IPv4Interface
    underlay_mtu: int
    # Sources that a peer may send from here: the site's ranges and this end's own link address.
    networks: tuple[IPv4Network, ...]


def build_mesh(network: Network, addresses: Addresses) -> Mesh:
    """Join every pair of sites and make the WireGuard interfaces; linear in the number of links.

    Raises OverlapError where two ranges overlap, so no range is ever on two peers of an interface.
    """
    ends = _tunnel_ends(network, addresses)
    links = tuple(_link_sites(ends))
    interfaces = [*_backbone_interfaces(network, ends, links), *_endpoint_interfaces(network)]
    order = {end.site: number for number, end in enumerate(ends)}
    # The sort is stable: on each device the backbone comes first, then endpoints by name.
    interfaces.sort(key=lambda interface: (order[interface.device.site], interface.device))
    return Mesh(links=links, interfaces=tuple(interfaces))


def _tunnel_ends(network: Network, addresses: Addresses) -> tuple[TunnelEnd, ...]:
    reached = reached_networks(network, addresses)
    return tuple(
        _tunnel_end(network, name, addresses.gateways[name], reached[name])
        for name, _ in sites_in_order(network)
    )


def _tunnel_end(
    network: Network, name: str, gateway: DeviceRef | None, reached: tuple[ReachedNetwork, ...]
) -> TunnelEnd:
    site, backbone = network.sites[name], network.vpn.backbone
    address = backbone.cidr.network_address + site.id
    managed = gateway is not None and is_managed(network.device(gateway))
    return TunnelEnd(
        site=name,
        gateway=gateway if managed else None,
        dialled=f"{site.circuit.endpoint}:{backbone.port}"
        if managed and is_dialable(site)
        else None,
        relays=site.relay,
        address=IPv4Interface((address, backbone.cidr.prefixlen)),
        underlay_mtu=site.circuit.mtu,
        networks=(*(item.network for item in reached), host_prefix(address)),
    )


def is_dialable(site: Site) -> bool:
    """Whether the internet can open a tunnel to the site."""
    return site.circuit.endpoint is not None and site.circuit.kind is not CircuitKind.CGNAT


def _link_sites(ends: tuple[TunnelEnd, ...]) -> Iterator[SiteLink]:
    relay = next((end.site for end in ends if end.relays and end.dialled), None)
    for a, b in combinations(ends, 2):
        if a.gateway is None or b.gateway is None:
            yield SiteLink(a.site, b.site, LinkKind.REFUSED)
        elif a.dialled or b.dialled:
            yield SiteLink(a.site, b.site, LinkKind.DIRECT)
        elif relay:
            yield SiteLink(a.site, b.site, LinkKind.RELAY, relay)
        else:
            yield SiteLink(a.site, b.site, LinkKind.REFUSED)


def _backbone_interfaces(
    network: Network, ends: tuple[TunnelEnd, ...], links: tuple[SiteLink, ...]
) -> Iterator[WireguardInterface]:
    """Make `wg-mesh` on each gateway; a network of one site has none."""
    if len(ends) < 2:
        return
    by_site = {end.site: end for end in ends}
    relayed = _relayed_networks(by_site, links)
    peers: dict[str, list[Peer]] = {end.site: [] for end in ends}
    underlays = {end.site: [end.underlay_mtu] for end in ends}
    # Pairs come in the order of ids, so the peers of every site do too.
    for link in (link for link in links if link.kind is LinkKind.DIRECT):
        a, b = by_site[link.a], by_site[link.b]
        psk = f"{a.site}--{b.site}"
        peers[a.site].append(_peer(a, b, psk, relayed.get((a.site, b.site), ())))
        peers[b.site].append(_peer(b, a, psk, relayed.get((b.site, a.site), ())))
        underlays[a.site].append(b.underlay_mtu)
        underlays[b.site].append(a.underlay_mtu)
    for gateway, end in ((end.gateway, end) for end in ends):
        if gateway is None:
            continue
        yield WireguardInterface(
            device=gateway,
            name=BACKBONE_INTERFACE,
            address=end.address,
            port=network.vpn.backbone.port,
            mtu=wireguard_mtu(underlays[end.site]),
            peers=tuple(peers[end.site]),
        )


def _relayed_networks(
    ends: dict[str, TunnelEnd], links: tuple[SiteLink, ...]
) -> dict[tuple[str, str], tuple[IPv4Network, ...]]:
    """What each site sends to its relay beside the relay's own ranges, by (site, relay)."""
    found: dict[tuple[str, str], list[IPv4Network]] = {}
    for link in links:
        if link.relay:
            found.setdefault((link.a, link.relay), []).extend(ends[link.b].networks)
            found.setdefault((link.b, link.relay), []).extend(ends[link.a].networks)
    return {pair: tuple(networks) for pair, networks in found.items()}


def _peer(own: TunnelEnd, other: TunnelEnd, psk: str, relayed: tuple[IPv4Network, ...]) -> Peer:
    return Peer(
        name=f"gateway {other.site}",
        gateway=other.gateway,
        public_key=None,
        endpoint=other.dialled,
        allowed_ips=(*other.networks, *relayed) if relayed else other.networks,
        # Only the end that nobody can dial has to keep its NAT entry open.
        keepalive=None if own.dialled else KEEPALIVE,
        psk=psk,
    )


def _endpoint_interfaces(network: Network) -> Iterator[WireguardInterface]:
    clients = _clients_by_endpoint(network)
    for placed in placed_endpoints(network):
        cidr = placed.endpoint.cidr
        yield WireguardInterface(
            device=placed.device,
            name=f"{ENDPOINT_PREFIX}{placed.name}",
            address=IPv4Interface((cidr.network_address + 1, cidr.prefixlen)),
            port=placed.endpoint.port,
            # A client's own uplink is not known: 1420 holds for those with the usual 1500.
            mtu=wireguard_mtu([network.sites[placed.device.site].circuit.mtu]),
            peers=clients.get(placed.name, ()),
            endpoint=placed.name,
        )


def _clients_by_endpoint(network: Network) -> dict[str, tuple[Peer, ...]]:
    found: dict[str, list[Peer]] = {}
    ordered = sorted(network.vpn.clients.items(), key=lambda item: (item[1].index, item[0]))
    for name, client in ordered:
        endpoint = network.vpn.endpoints.get(client.endpoint)
        if endpoint is None:
            continue
        address = endpoint.cidr.network_address + client.index
        peer = Peer(
            name=f"client {name}",
            gateway=None,
            public_key=client.public_key,
            endpoint=None,
            allowed_ips=(host_prefix(address),),
            keepalive=None,
            psk=None,
        )
        found.setdefault(client.endpoint, []).append(peer)
    return {endpoint: tuple(peers) for endpoint, peers in found.items()}
