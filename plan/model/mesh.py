"""Links between sites, WireGuard interfaces, routes, and ways in for the operator."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from terms.values import DeviceRef


class LinkKind(StrEnum):
    """How two sites reach each other."""

    DIRECT = "direct"
    RELAY = "relay"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SiteLink:
    """How one pair of sites is joined; sites stand in the order of their ids."""

    a: str
    b: str
    kind: LinkKind
    relay: str | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end of a WireGuard tunnel, as one interface sees it."""

    # Name in the text; the key is joined on the device: `gateway home`, or `client laptop`.
    name: str
    # A gateway's key is made on that device; a client's key is written in the description.
    gateway: DeviceRef | None
    public_key: str | None
    endpoint: str | None
    allowed_ips: tuple[IPv4Network, ...]
    keepalive: int | None
    # Name of the preshared key of the pair, both ends the same; None for clients.
    psk: str | None


@dataclass(frozen=True, slots=True)
class WireguardInterface:
    """One WireGuard interface of a device: the backbone `wg-mesh`, or `wg-<endpoint>`."""

    device: DeviceRef
    name: str
    address: IPv4Interface
    port: int
    mtu: int
    peers: tuple[Peer, ...]
    # VPN endpoint it serves; None for the backbone.
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Mesh:
    """Links between sites and the WireGuard interfaces that make them."""

    links: tuple[SiteLink, ...]
    interfaces: tuple[WireguardInterface, ...]


@dataclass(frozen=True, slots=True)
class MtuStep:
    """One line of the MTU chain: what carries it, how many bytes it carries, and why."""

    name: str
    mtu: int
    why: str


@dataclass(frozen=True, slots=True)
class Route:
    """A route beyond the connected ones; `via` is None for a route into a tunnel."""

    device: DeviceRef
    destination: IPv4Network
    interface: str
    via: IPv4Address | None
    why: str


@dataclass(frozen=True, slots=True)
class ManagementPath:
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
