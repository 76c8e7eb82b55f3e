"""Addresses and tunnels -> who is next to whom, looked up without searching."""

from ipaddress import IPv4Address

from msgspec import Struct

from config.inventory import is_managed
from plan.devices import forwarding_devices
from plan.directory import Directory
from plan.interfaces import prefix_of
from plan.model import L3Interface, LinkKind, Mesh, PlannedPrefix
from terms.values import DeviceRef

# The interface of a device that nobody logs in to, where no name is known or needed.
UNNAMED = ""


class Topology(Struct, frozen=True):
    """The directory with links and tunnels: what a packet's way depends on."""

    directory: Directory
    mesh: Mesh
    # WireGuard interface of each endpoint, by endpoint.
    endpoints: dict[str, str]
    # Devices that pass packets on: routers, gateways, ends of VPN endpoints.
    forwarding: frozenset[DeviceRef]
    # Sites where a device beside the router ends tunnels.
    split_sites: frozenset[str]
    managed: frozenset[DeviceRef]
    nodes: frozenset[DeviceRef]

    def router(self, site: str) -> DeviceRef | None:
        """The default router of a site."""
        return self.directory.addresses.routers.get(site)

    def gateway(self, site: str) -> DeviceRef | None:
        """The device that ends the site's tunnels to other sites."""
        return self.directory.addresses.gateways.get(site)

    def knows_routes(self, device: DeviceRef) -> bool:
        """Whether the device has routes beside a default one: it forwards, or we configure it."""
        return device in self.forwarding or device in self.managed

    def prefix_of(self, site: str, address: IPv4Address) -> PlannedPrefix | None:
        """The site's longest range that holds the address."""
        return prefix_of(self.directory.places.prefixes.get(site, ()), address)

    def uplink(self, device: DeviceRef) -> str | None:
        """The device's interface to the internet."""
        return next(iter(self.directory.places.uplinks(device)), None)

    def outer_uplink(self, device: DeviceRef) -> str | None:
        """The device's uplink that lies on no segment of its site, so that no router is before."""
        interfaces = self.directory.places.interfaces.get(device, ())
        uplinks = self.directory.places.uplinks(device)
        outer = (i.name for i in interfaces if i.name in uplinks and i.segment is None)
        return next(outer, None)

    def on_link(self, device: DeviceRef, prefix: PlannedPrefix) -> str | None:
        """The interface by which a device reaches a range as its neighbour; hosts only their own.

        A host that passes nothing on has no route to further ranges of its segment.
        """
        passes_on = device in self.forwarding
        return self.interface_on(device, prefix) if passes_on else self.address_in(device, prefix)

    def interface_on(self, device: DeviceRef, prefix: PlannedPrefix) -> str | None:
        """The device's interface on a range's segment, best one with an address in the range."""
        on_it = [i for i in self.directory.places.inner(device) if i.segment == prefix.segment]
        on_it.sort(key=lambda interface: _distance(interface, prefix))
        return on_it[0].name if on_it and on_it[0].addresses else None

    def address_in(self, device: DeviceRef, prefix: PlannedPrefix) -> str | None:
        """The device's interface with an address in a range of its site."""
        if device.site != prefix.site:
            return None
        found = self.directory.places.inner(device)
        return next((i.name for i in found if _distance(i, prefix) == 0), None)

    def interface_with(self, device: DeviceRef, address: IPv4Address) -> str | None:
        """The device's interface that has the address."""
        found = self.directory.places.interfaces.get(device, ())
        return next((i.name for i in found if address in {a.ip for a in i.addresses}), None)

    def default_router(self, prefix: PlannedPrefix) -> DeviceRef | None:
        """The device that hosts of a range send to what is not on it."""
        owners = self.directory.owners
        owner = owners.get((prefix.site, prefix.gateway)) if prefix.gateway else None
        return owner or self.router(prefix.site)

    def next_gateway(self, site: str, target: str) -> DeviceRef | None:
        """The gateway at the other end of the tunnel that leads to the target site."""
        link = self.mesh.between(site, target)
        if link.kind is LinkKind.REFUSED:
            return None
        via = link.relay if link.kind is LinkKind.RELAY else None
        return self.gateway(via if via and via != site else target)


def _distance(interface: L3Interface, prefix: PlannedPrefix) -> int:
    if any(address.ip in prefix.cidr for address in interface.addresses):
        return 0
    return 1 if interface.addresses else 2


def find_topology(directory: Directory, mesh: Mesh) -> Topology:
    """Sort links, tunnels and the devices that pass packets on."""
    network, addresses = directory.network, directory.addresses
    return Topology(
        directory=directory,
        mesh=mesh,
        endpoints={i.endpoint: i.name for i in mesh.interfaces if i.endpoint},
        forwarding=forwarding_devices(network, addresses),
        split_sites=frozenset(
            interface.device.site
            for interface in mesh.interfaces
            if interface.device != addresses.routers.get(interface.device.site)
        ),
        managed=frozenset(
            ref
            for managed in directory.places.managed.values()
            for ref in managed
            if is_managed(network.device(ref))
        ),
        nodes=frozenset(ref for ref, _ in addresses.nodes),
    )
