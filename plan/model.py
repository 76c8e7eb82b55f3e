"""The frozen results of planning, in the order in which they are computed."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from config.network import Network
from plan.ruleset import Ruleset
from terms.values import DeviceRef, PodSecurity, Ports, PrefixRole, Protocol, Trust

# ---------------------------------------------------------------- addresses


@dataclass(frozen=True, slots=True)
class PlannedPrefix:
    """A site's prefix with everything derived; `effective` is how the rest of the network sees it."""

    site: str
    name: str
    cidr: IPv4Network
    alias: IPv4Network | None
    role: PrefixRole
    segment: str
    gateway: IPv4Address | None

    @property
    def effective(self) -> IPv4Network:
        """The alias where there is one, else the prefix itself."""
        return self.alias or self.cidr

    @property
    def reference(self) -> str:
        """The prefix as a user writes it."""
        return f"{self.site}.{self.name}"


class InterfaceKind(StrEnum):
    """What an interface with addresses is."""

    UPLINK = "uplink"
    PORT = "port"
    VLAN = "vlan"


@dataclass(frozen=True, slots=True)
class L3Interface:
    """An interface of a device that has, or may have, addresses; WireGuard interfaces are apart."""

    device: DeviceRef
    name: str
    kind: InterfaceKind
    segment: str | None
    addresses: tuple[IPv4Interface, ...]
    # For a VLAN interface: the port it stands on and its id.
    parent: str | None = None
    vlan: int | None = None
    mac: str | None = None


@dataclass(frozen=True, slots=True)
class Host:
    """A device or reservation with an address, as DNS and DHCP see it."""

    site: str
    name: str
    address: IPv4Address
    effective: IPv4Address
    prefix: str
    segment: str
    mac: str | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Every address of the network and the segment it lies on; ordered by (site id, name)."""

    prefixes: tuple[PlannedPrefix, ...]
    interfaces: tuple[L3Interface, ...]
    hosts: tuple[Host, ...]
    # Default router and mesh gateway of each site, by site name; None where there is none.
    routers: dict[str, DeviceRef | None]
    gateways: dict[str, DeviceRef | None]
    # Cluster nodes with their node address, in the order of (site id, name).
    nodes: tuple[tuple[DeviceRef, IPv4Address], ...]


# ---------------------------------------------------------------- mesh


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
    """Links between sites and the WireGuard interfaces that make them; one interface per gateway and endpoint."""

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
    """A route that a device needs beyond its connected ones; `via` is None for a route into a tunnel."""

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


# ---------------------------------------------------------------- flows


class PartyKind(StrEnum):
    """What one end of a flow is."""

    INTERNET = "internet"
    PREFIX = "prefix"
    DEVICE = "device"
    VPN = "vpn"
    CLIENT = "client"
    PODS = "pods"


@dataclass(frozen=True, slots=True)
class PodSet:
    """Pods of a tenant: of all its namespaces, or of some, or those with labels in one."""

    tenant: str
    namespaces: tuple[str, ...]
    # Whether `namespaces` is every namespace of the tenant, so that its label alone selects them.
    whole_tenant: bool = False
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceEnd:
    """A published workload's address and ports: (protocol, port on the address, port of the pod)."""

    name: str
    address: IPv4Address
    ports: tuple[tuple[Protocol, int, int], ...]
    hostnames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """One end of a flow: the internet, addresses, or pods; never a mixture."""

    kind: PartyKind
    # As a user writes it; `paul/jamulus` for the pods behind a published service.
    name: str
    site: str | None = None
    # Addresses inside their own site, and as every other site sees them (the alias); pods and internet have none.
    networks: tuple[IPv4Network, ...] = ()
    effective: tuple[IPv4Network, ...] = ()
    device: DeviceRef | None = None
    pods: PodSet | None = None
    service: ServiceEnd | None = None


class Origin(StrEnum):
    """Whether a flow was written down by the user or follows from something that was."""

    DECLARED = "declared"
    IMPLIED = "implied"


@dataclass(frozen=True, slots=True)
class PlannedFlow:
    """A permission between two parties; `ports` are those of the target's address, services' ports for a service."""

    name: str
    origin: Origin
    source: Party
    target: Party
    ports: tuple[Ports, ...]
    why: str
    # Public port on the target site's router that is forwarded to the single port of `ports`.
    public_port: int | None = None
    # Position in the configured flows, for the path of a problem.
    index: int | None = None


# ---------------------------------------------------------------- cluster


@dataclass(frozen=True, slots=True)
class PolicyPeer:
    """Whom a policy rule speaks of, in one of the four shapes that weave-npc was seen to enforce.

    Exactly one of: `tenant` (whole tenant by its label), `namespace` alone (whole namespace),
    `namespace` with `labels` (some pods of it), `block` with `excepts`.
    """

    tenant: str | None = None
    namespace: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    block: IPv4Network | None = None
    excepts: tuple[IPv4Network, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """Peers and ports that are open together; no ports means every port and protocol."""

    peers: tuple[PolicyPeer, ...]
    ports: tuple[Ports, ...]
    flow: str


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """One NetworkPolicy with a fixed name; its policy types are always both."""

    name: str
    namespace: str
    # Labels of the pods it selects; empty for every pod of the namespace.
    labels: tuple[tuple[str, str], ...]
    ingress: tuple[PolicyRule, ...]
    egress: tuple[PolicyRule, ...]
    why: str


@dataclass(frozen=True, slots=True)
class TenantPlan:
    """What a tenant comes to in the cluster; namespaces in the order of their names."""

    name: str
    id: int
    trust: Trust
    namespaces: tuple[str, ...]
    pod_security: PodSecurity
    pool_addresses: tuple[IPv4Network, ...]
    policies: tuple[PolicyPlan, ...]


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """What the cluster needs from the network: MTU chain and the ports that its nodes open to each other."""

    name: str
    pod_mtu: int
    mtu_chain: tuple[MtuStep, ...]
    node_ports: tuple[Ports, ...]


# ---------------------------------------------------------------- devices


@dataclass(frozen=True, slots=True)
class DhcpRange:
    """DHCP service on one prefix; with `relayed_by` the requests come from another device."""

    prefix: str
    interface: str
    network: IPv4Network
    first: IPv4Address
    last: IPv4Address
    lease: str
    router: IPv4Address | None
    dns: IPv4Address | None
    relayed_by: IPv4Address | None = None


@dataclass(frozen=True, slots=True)
class DhcpReservation:
    """A fixed lease."""

    name: str
    mac: str
    address: IPv4Address


@dataclass(frozen=True, slots=True)
class DhcpRelay:
    """Requests that this device passes on: its address on the segment, and the server."""

    local: IPv4Address
    server: IPv4Address


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A name with the address that clients of this device must get: an alias where the host is at another site."""

    name: str
    address: IPv4Address


@dataclass(frozen=True, slots=True)
class Dnsmasq:
    """DHCP and DNS of one device."""

    domain: str
    interfaces: tuple[str, ...]
    ranges: tuple[DhcpRange, ...]
    reservations: tuple[DhcpReservation, ...]
    relays: tuple[DhcpRelay, ...]
    records: tuple[DnsRecord, ...]


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """Everything that a managed device is configured with."""

    ref: DeviceRef
    interfaces: tuple[L3Interface, ...]
    wireguard: tuple[WireguardInterface, ...]
    routes: tuple[Route, ...]
    ruleset: Ruleset
    dnsmasq: Dnsmasq | None
    # Kernel settings as (key, value), in the order of the text.
    sysctl: tuple[tuple[str, str], ...]
    management: ManagementPath
    # Whether it passes packets on between interfaces.
    forwards: bool
    # Whether kube-proxy and Weave Net share its packet filter.
    cluster_node: bool


@dataclass(frozen=True, slots=True)
class SheetForward:
    """A port forward to click into an unmanaged router."""

    public: Ports
    to: IPv4Address
    port: int
    why: str


@dataclass(frozen=True, slots=True)
class SheetRoute:
    """A static route to click into an unmanaged router."""

    destination: IPv4Network
    via: IPv4Address
    why: str


@dataclass(frozen=True, slots=True)
class RouterSheet:
    """What a person sets on an unmanaged router."""

    device: DeviceRef
    forwards: tuple[SheetForward, ...]
    routes: tuple[SheetRoute, ...]
    reservations: tuple[DhcpReservation, ...]


@dataclass(frozen=True, slots=True)
class SwitchPort:
    """One port of a switch: what is plugged in and which segments it carries."""

    port: str
    neighbour: str
    speed: str
    untagged: str | None
    untagged_vlan: int | None
    tagged: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SwitchSheet:
    """What a person sets on an unmanaged switch, port by port."""

    device: DeviceRef
    ports: tuple[SwitchPort, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole network, computed; nothing in it changes afterwards."""

    network: Network
    addresses: Addresses
    mesh: Mesh
    flows: tuple[PlannedFlow, ...]
    tenants: tuple[TenantPlan, ...]
    cluster: ClusterPlan | None
    # Managed devices, in the order of (site id, name).
    devices: tuple[DevicePlan, ...]
    router_sheets: tuple[RouterSheet, ...]
    switch_sheets: tuple[SwitchSheet, ...]

    def device(self, ref: DeviceRef) -> DevicePlan | None:
        """The plan of that managed device, or None where it is not managed."""
        return next((device for device in self.devices if device.ref == ref), None)
