"""Links between sites, WireGuard interfaces, routes, and ways in for the operator."""

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from itertools import combinations

from msgspec import Struct

from terms.values import DeviceRef


class LinkKind(StrEnum):
    """How two sites reach each other."""

    DIRECT = "direct"
    RELAY = "relay"
    REFUSED = "refused"


class SiteLink(Struct, frozen=True):
    """How one pair of sites is joined; sites stand in the order of their ids."""

    a: str
    b: str
    kind: LinkKind
    relay: str | None = None


class PeerEnd(Struct, frozen=True):
    """The far end of a tunnel: one value, shared by every interface that has it as a peer."""

    # Name in the text; the key is joined on the device: `gateway home`, or `client laptop`.
    name: str
    # A gateway's key is made on that device; a client's key is written in the description.
    gateway: DeviceRef | None
    public_key: str | None
    endpoint: str | None
    allowed_ips: tuple[IPv4Network, ...]


class Peer(Struct, frozen=True):
    """The other end of a WireGuard tunnel, as one interface sees it.

    A full mesh has two for each pair of sites, so what does not depend on the pair is shared.
    """

    end: PeerEnd
    keepalive: int | None
    # Name of the preshared key of the pair, both ends the same; None for clients.
    psk: str | None

    @property
    def name(self) -> str:
        """Its name in the text."""
        return self.end.name

    @property
    def gateway(self) -> DeviceRef | None:
        """The device it is, or None for a client."""
        return self.end.gateway

    @property
    def public_key(self) -> str | None:
        """A client's key; a gateway's is known there alone."""
        return self.end.public_key

    @property
    def endpoint(self) -> str | None:
        """Where it is dialled, as host:port."""
        return self.end.endpoint

    @property
    def allowed_ips(self) -> tuple[IPv4Network, ...]:
        """Sources that it may send from, which is also what is sent to it."""
        return self.end.allowed_ips


class WireguardInterface(Struct, frozen=True):
    """One WireGuard interface of a device: the backbone `wg-mesh`, or `wg-<endpoint>`."""

    device: DeviceRef
    name: str
    address: IPv4Interface
    port: int
    mtu: int
    peers: tuple[Peer, ...]
    # VPN endpoint it serves; None for the backbone.
    endpoint: str | None = None


class Mesh(Struct, frozen=True):
    """Which sites can be joined, and the WireGuard interfaces that join them.

    How two sites are joined follows from these few values; a full mesh has too many pairs to keep
    a record of each.
    """

    # Every site, in the order of ids.
    sites: tuple[str, ...]
    # Those whose gateway is managed; all others are joined to nobody.
    joinable: frozenset[str]
    # Joinable sites that the internet can dial, and the one of them that relays, if any does.
    dialable: frozenset[str]
    relay: str | None
    interfaces: tuple[WireguardInterface, ...]

    @property
    def links(self) -> tuple[SiteLink, ...]:
        """How each pair of sites is joined, in the order of their ids."""
        return tuple(self.between(a, b) for a, b in combinations(self.sites, 2))

    def between(self, a: str, b: str) -> SiteLink:
        """How two sites are joined; the lower id first, where links are compared."""
        if a not in self.joinable or b not in self.joinable:
            return SiteLink(a, b, LinkKind.REFUSED)
        if a in self.dialable or b in self.dialable:
            return SiteLink(a, b, LinkKind.DIRECT)
        return SiteLink(a, b, LinkKind.RELAY if self.relay else LinkKind.REFUSED, self.relay)

    def joined_to(self, site: str) -> tuple[str, ...]:
        """The other sites that a site reaches, directly or by the relay, in the order of ids."""
        if site in self.joinable and self.relay:
            return self._others(site, self.joinable)
        return self.tunnelled_to(site)

    def tunnelled_to(self, site: str) -> tuple[str, ...]:
        """The other sites that a site has a tunnel of its own to, in the order of ids."""
        if site not in self.joinable:
            return ()
        return self._others(site, self.joinable if site in self.dialable else self.dialable)

    def _others(self, site: str, among: frozenset[str]) -> tuple[str, ...]:
        if len(among) < len(self.sites):
            return tuple(other for other in self.sites if other in among and other != site)
        position = self.sites.index(site)
        return self.sites[:position] + self.sites[position + 1 :]


class MtuStep(Struct, frozen=True):
    """One line of the MTU chain: what carries it, how many bytes it carries, and why."""

    name: str
    mtu: int
    why: str


class Route(Struct, frozen=True):
    """A route beyond the connected ones; `via` is None for a route into a tunnel.

    The devices that need the same route share one value.
    """

    destination: IPv4Network
    interface: str
    via: IPv4Address | None
    why: str


class ManagementPath(Struct, frozen=True):
    """How the operator reaches a managed device, and in which order changes are activated."""

    device: DeviceRef
    # Devices passed from the operator's site, nearest first, without the device itself.
    through: tuple[DeviceRef, ...]
    # Whether the only way in is the mesh.
    in_band: bool
    # Networks that may open SSH to it, as the device sees them.
    sources: tuple[IPv4Network, ...]
    # Far devices have high numbers and are activated first.
    distance: int
