"""The addresses of a network and the interfaces they stand on."""

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from msgspec import Struct

from terms.values import DeviceRef, PrefixRole


class PlannedPrefix(Struct, frozen=True):
    """A site's prefix with everything derived."""

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


class L3Interface(Struct, frozen=True):
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


class Host(Struct, frozen=True):
    """A device or reservation with an address, as DNS and DHCP see it."""

    site: str
    name: str
    address: IPv4Address
    effective: IPv4Address
    prefix: str
    segment: str
    mac: str | None
    names: tuple[str, ...]


class Addresses(Struct, frozen=True):
    """Every address of the network and the segment it lies on; ordered by (site id, name)."""

    prefixes: tuple[PlannedPrefix, ...]
    interfaces: tuple[L3Interface, ...]
    hosts: tuple[Host, ...]
    # Default router and mesh gateway of each site, by site name; None where there is none.
    routers: dict[str, DeviceRef | None]
    gateways: dict[str, DeviceRef | None]
    # Cluster nodes with their node address, in the order of (site id, name).
    nodes: tuple[tuple[DeviceRef, IPv4Address], ...]
