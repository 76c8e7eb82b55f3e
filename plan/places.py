"""Planned addresses -> quick answers to where things stand: by site, device and segment."""

from collections import defaultdict
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from config.inventory import is_managed
from config.network import Network
from plan.model import Addresses, InterfaceKind, L3Interface, PlannedPrefix
from terms.values import DeviceRef, PrefixRole

# Ranges of these roles are not routed between sites: nobody is there, or the cluster carries them.
UNROUTED_ROLES = frozenset({PrefixRole.RESERVED, PrefixRole.PODS, PrefixRole.SERVICES})


class Places(Struct, frozen=True):
    """Prefixes and interfaces by site and device, sorted once so that no loop searches."""

    prefixes: dict[str, tuple[PlannedPrefix, ...]]
    interfaces: dict[DeviceRef, tuple[L3Interface, ...]]
    # Managed devices of each site, by name.
    managed: dict[str, tuple[DeviceRef, ...]]

    def routed(self, site: str) -> tuple[PlannedPrefix, ...]:
        """The site's prefixes that packets are sent to: no reserved ones, none of the cluster."""
        return tuple(p for p in self.prefixes[site] if p.role not in UNROUTED_ROLES)

    def on_segments(self, site: str, segments: frozenset[str]) -> tuple[PlannedPrefix, ...]:
        """The site's routed prefixes on these segments."""
        return tuple(prefix for prefix in self.routed(site) if prefix.segment in segments)

    def inner(self, device: DeviceRef) -> tuple[L3Interface, ...]:
        """Interfaces of the device on segments of its site; also an uplink that lies on one."""
        return tuple(i for i in self.interfaces.get(device, ()) if i.segment is not None)

    def uplinks(self, device: DeviceRef) -> tuple[str, ...]:
        """Names of the interfaces that lead to the internet."""
        found = self.interfaces.get(device, ())
        return tuple(i.name for i in found if i.kind is InterfaceKind.UPLINK)

    def segments(self, device: DeviceRef) -> frozenset[str]:
        """Segments on which the device has an address."""
        return frozenset(i.segment for i in self.inner(device) if i.segment and i.addresses)

    def own_addresses(self, device: DeviceRef) -> tuple[IPv4Address, ...]:
        """Every address of the device, by interface."""
        return tuple(a.ip for i in self.interfaces.get(device, ()) for a in i.addresses)

    def address_on(self, device: DeviceRef, segment: str) -> IPv4Address | None:
        """The device's first address on a segment of its site."""
        on_it = (i for i in self.inner(device) if i.segment == segment)
        return next((address.ip for i in on_it for address in i.addresses), None)

    def way_to(self, device: DeviceRef, neighbour: DeviceRef) -> tuple[str, IPv4Address] | None:
        """The device's interface and the neighbour's address on the first segment they share."""
        for interface in self.inner(device):
            address = self.address_on(neighbour, interface.segment or "")
            if address and interface.addresses:
                return interface.name, address
        return None


def find_places(network: Network, addresses: Addresses) -> Places:
    """Sort planned addresses by site and device."""
    prefixes: dict[str, list[PlannedPrefix]] = {site: [] for site in addresses.routers}
    for prefix in addresses.prefixes:
        prefixes[prefix.site].append(prefix)
    interfaces: dict[DeviceRef, list[L3Interface]] = defaultdict(list)
    for interface in addresses.interfaces:
        interfaces[interface.device].append(interface)
    managed = {
        site: tuple(
            DeviceRef(site, name)
            for name, device in sorted(network.sites[site].devices.items())
            if is_managed(device)
        )
        for site in addresses.routers
    }
    return Places(
        prefixes={site: tuple(found) for site, found in prefixes.items()},
        interfaces={device: tuple(found) for device, found in interfaces.items()},
        managed=managed,
    )


def networks_of(prefixes: tuple[PlannedPrefix, ...]) -> tuple[IPv4Network, ...]:
    """The ranges themselves, as their own site sees them."""
    return tuple(prefix.cidr for prefix in prefixes)
