"""Sites, VPN endpoints and clients -> links between sites and the WireGuard interfaces."""

from collections.abc import Iterator
from ipaddress import IPv4Interface, IPv4Network

from msgspec import Struct
from msgspec.structs import replace

from config.inventory import is_managed
from config.network import Network
from config.site import Site
from plan.addresses import sites_in_order
from plan.model import Addresses, Mesh, Peer, PeerEnd, WireguardInterface
from plan.mtu import wireguard_mtu
from plan.reached import ReachedNetwork, placed_endpoints, reached_networks
from plan.ruleset import host_prefix
from terms.values import CircuitKind, DeviceRef

BACKBONE_INTERFACE = "wg-mesh"
ENDPOINT_PREFIX = "wg-"

# Seconds: shorter than the 30 that a NAT may keep an idle UDP entry (wg(8), PersistentKeepalive).
KEEPALIVE = 25


class TunnelEnd(Struct, frozen=True):
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
    joined = _join_sites(ends)
    interfaces = [*_backbone_interfaces(network, ends, joined), *_endpoint_interfaces(network)]
    order = {end.site: number for number, end in enumerate(ends)}
    # The sort is stable: on each device the backbone comes first, then endpoints by name.
    interfaces.sort(key=lambda interface: (order[interface.device.site], interface.device))
    return replace(joined, interfaces=tuple(interfaces))


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


def _join_sites(ends: tuple[TunnelEnd, ...]) -> Mesh:
    """The mesh without its interfaces."""
    dialable = [end for end in ends if end.dialled]
    return Mesh(
        sites=tuple(end.site for end in ends),
        joinable=frozenset(end.site for end in ends if end.gateway),
        dialable=frozenset(end.site for end in dialable),
        relay=next((end.site for end in dialable if end.relays), None),
        interfaces=(),
    )


def _backbone_interfaces(
    network: Network, ends: tuple[TunnelEnd, ...], joined: Mesh
) -> Iterator[WireguardInterface]:
    """Make `wg-mesh` on each gateway; a network of one site has none."""
    if len(ends) < 2:
        return
    far = {end.site: _peer_end(end) for end in ends}
    mtus = {end.site: end.underlay_mtu for end in ends}
    earlier: set[str] = set()
    for end in ends:
        sites = joined.tunnelled_to(end.site)
        if end.gateway:
            yield WireguardInterface(
                device=end.gateway,
                name=BACKBONE_INTERFACE,
                address=end.address,
                port=network.vpn.backbone.port,
                mtu=wireguard_mtu([end.underlay_mtu, *map(mtus.__getitem__, sites)]),
                peers=_peers(end, sites, earlier, far | _widened_relay(end, ends, joined, far)),
            )
        earlier.add(end.site)


def _peers(
    own: TunnelEnd, sites: tuple[str, ...], earlier: set[str], far: dict[str, PeerEnd]
) -> tuple[Peer, ...]:
    """The peers in the order of ids; a key that two ends share is named after both, in that order.

    Whoever can dial keeps the tunnel alive: NAT entries stay, and a session is there before the
    first packet. Two idle ends that dial each other in the same moment undo each other's handshake.
    A few hundred nanoseconds each: a mesh of 400 sites has 160000 of them.
    """
    site = own.site
    return tuple(
        Peer(
            end := far[other],
            KEEPALIVE if end.endpoint else None,
            f"{other}--{site}" if other in earlier else f"{site}--{other}",
        )
        for other in sites
    )


def _widened_relay(
    own: TunnelEnd, ends: tuple[TunnelEnd, ...], joined: Mesh, far: dict[str, PeerEnd]
) -> dict[str, PeerEnd]:
    """The relay as a site sees it that needs one: it may send what it carries for others, too."""
    if joined.relay is None or own.dialled:
        return {}
    relay = far[joined.relay]
    carried = (
        network
        for end in ends
        if end is not own and joined.between(own.site, end.site).relay
        for network in end.networks
    )
    return {joined.relay: replace(relay, allowed_ips=(*relay.allowed_ips, *carried))}


def _peer_end(end: TunnelEnd) -> PeerEnd:
    return PeerEnd(
        name=f"gateway {end.site}",
        gateway=end.gateway,
        public_key=None,
        endpoint=end.dialled,
        allowed_ips=end.networks,
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
        end = PeerEnd(
            name=f"client {name}",
            gateway=None,
            public_key=client.public_key,
            endpoint=None,
            allowed_ips=(host_prefix(address),),
        )
        found.setdefault(client.endpoint, []).append(Peer(end, keepalive=None, psk=None))
    return {endpoint: tuple(peers) for endpoint, peers in found.items()}
