"""What stands where, as numbers: devices with routes and rules, segments, tunnels, services."""

from collections.abc import Mapping

from msgspec import Struct, field

from plan.ruleset import Chain
from reach.address_classes import Masked
from reach.filters import CompiledChain
from reach.portset import PortSet
from terms.values import DeviceRef, Protocol

SegmentKey = tuple[str, str]

# The bridge of Weave Net's pods on a node.
POD_INTERFACE = "weave"
# An uplink of a device on which no interface is described.
UPLINK = "uplink"


class Hop(Struct, frozen=True):
    """Where a route leads: by which interface, and to which neighbour where one is named."""

    interface: str
    via: int | None = None


class RouteTable:
    """Routes of one device; the longest range wins, and answers are remembered."""

    def __init__(self, routes: Mapping[Masked, Hop]) -> None:
        ordered = sorted(routes.items(), key=lambda item: item[0].mask, reverse=True)
        self._routes = tuple((net.value, net.mask, hop) for net, hop in ordered)
        self._known: dict[int, Hop | None] = {}

    def towards(self, address: int) -> Hop | None:
        """The hop towards an address; None where no route leads there."""
        if address not in self._known:
            found = (hop for value, mask, hop in self._routes if address & mask == value)
            self._known[address] = next(found, None)
        return self._known[address]


class Port(Struct, frozen=True):
    """An interface of a device: on a segment, or an uplink that lies on none."""

    name: str
    segment: SegmentKey | None
    addresses: tuple[int, ...]
    uplink: bool


class TunnelPeer(Struct, frozen=True):
    """The other end of a tunnel: a gateway, or a client when `gateway` is None."""

    name: str
    gateway: DeviceRef | None
    allowed: tuple[Masked, ...]


class Tunnel(Struct, frozen=True):
    """A WireGuard interface; clients that are not made yet may come from `range`."""

    name: str
    address: int
    range: Masked
    peers: tuple[TunnelPeer, ...]
    endpoint: str | None

    def peer_towards(self, address: int) -> TunnelPeer | None:
        """The peer whose AllowedIPs hold the address; the longest range wins."""
        found: TunnelPeer | None = None
        best = -1
        for peer in self.peers:
            for network in peer.allowed:
                # Of equal ranges WireGuard gives packets to the last one.
                if network.mask >= best and address & network.mask == network.value:
                    found, best = peer, network.mask
        return found

    def peer_at(self, gateway: DeviceRef) -> TunnelPeer | None:
        """The peer that this gateway is."""
        return next((peer for peer in self.peers if peer.gateway == gateway), None)


class SheetPort(Struct, frozen=True):
    """A port forward of an unmanaged router."""

    ports: PortSet
    target: int
    port: int
    why: str


class Box(Struct, frozen=True):
    """A device with addresses: managed ones filter, routers pass on, the rest answer."""

    ref: DeviceRef
    managed: bool
    forwards: bool
    node: bool
    ports: Mapping[str, Port]
    tunnels: Mapping[str, Tunnel]
    addresses: frozenset[int]
    routes: RouteTable
    chains: Mapping[Chain, CompiledChain]
    sheet: tuple[SheetPort, ...] = ()

    @property
    def name(self) -> str:
        """The device as a user writes it."""
        return str(self.ref)

    @property
    def strict(self) -> bool:
        """Whether it passes on only what belongs to connections it has seen begin."""
        chain = self.chains.get(Chain.FORWARD)
        return chain is not None and not chain.accepts_rest

    def uplink(self) -> Port | None:
        """Its interface to the internet that lies on no segment."""
        return next((p for p in self.ports.values() if p.uplink and p.segment is None), None)

    def leads_out(self, hop: Hop) -> bool:
        """Whether a route of this device leads straight to the internet."""
        port = self.ports.get(hop.interface)
        return hop.interface == UPLINK or (port is not None and port.uplink and not port.segment)

    def address_on(self, interface: str) -> int | None:
        """Its first address on an interface."""
        if interface in self.tunnels:
            return self.tunnels[interface].address
        port = self.ports.get(interface)
        return port.addresses[0] if port and port.addresses else None

    def port_on(self, segment: SegmentKey) -> str:
        """Name of its interface on a segment; empty where it has none."""
        found = (p.name for p in self.ports.values() if p.segment == segment and p.addresses)
        return next(found, "")


class LocalRange(Struct, frozen=True):
    """A prefix of a site on its segment, with the router of its hosts."""

    reference: str
    network: Masked
    segment: SegmentKey
    gateway: int | None
    # Nobody has an address here but published services.
    load_balancer: bool
    # From an address to its alias; 0 where there is none.
    alias_shift: int = 0


class BalancedService(Struct, frozen=True):
    """A LoadBalancer Service: its address, the nodes that answer, and its ports."""

    name: str
    address: int
    # (protocol, port on the address, port of the pod).
    ports: tuple[tuple[Protocol, int, int], ...]
    # Whether pods see the client's own address (externalTrafficPolicy Local).
    keeps_source: bool
    announcers: tuple[DeviceRef, ...]


class World(Struct, frozen=True):
    """Everything a packet can meet."""

    boxes: Mapping[DeviceRef, Box]
    # Who has an address on a segment.
    owners: Mapping[tuple[SegmentKey, int], DeviceRef]
    ranges: Mapping[str, tuple[LocalRange, ...]]
    # Devices that pass packets on, by the segments they have addresses on.
    forwarders: Mapping[SegmentKey, tuple[DeviceRef, ...]]
    # Public address of each site, and who takes packets to it.
    publics: Mapping[str, int]
    borders: Mapping[str, DeviceRef | None]
    services: Mapping[int, BalancedService]
    nodes: tuple[DeviceRef, ...]
    pods: Masked | None
    # An address that stands for all pods.
    pod: int
    internet: int
    # Pairs of gateways whose tunnel cannot come up, and why.
    dead_links: Mapping[frozenset[DeviceRef], str] = field(default_factory=dict)
    _public_sites: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._public_sites.update({address: site for site, address in self.publics.items()})

    def site_of_public(self, address: int) -> str | None:
        """The site whose public address this is."""
        return self._public_sites.get(address)

    def range_at(self, site: str, address: int) -> LocalRange | None:
        """The site's longest prefix that holds the address."""
        holding = [r for r in self.ranges.get(site, ()) if r.network.holds(address)]
        return max(holding, key=lambda found: found.network.mask, default=None)

    def means(self, site: str, address: int) -> tuple[int, ...]:
        """The addresses that mean a host of a site: its own, and its alias where it has one."""
        found = self.range_at(site, address)
        return (address, address + found.alias_shift) if found and found.alias_shift else (address,)


EVERYWHERE = Masked(0, 0)
