"""Mesh and addresses -> which ranges each site reaches through which of its devices."""

from ipaddress import IPv4Network
from itertools import chain

from msgspec import Struct

from config.network import Network
from plan.model import Addresses, Mesh
from plan.reached import ReachedNetwork, placed_endpoints, reached_networks
from plan.tunnels import BACKBONE_INTERFACE, ENDPOINT_PREFIX
from terms.values import DeviceRef


class TunnelRange(Struct, frozen=True):
    """Ranges that a device of the site reaches through one of its WireGuard interfaces."""

    device: DeviceRef
    interface: str
    # On the interface's own network, so the device itself needs no route.
    connected: ReachedNetwork
    # Beyond it: other sites and their ranges.
    sites: tuple[str, ...] = ()
    beyond: tuple[ReachedNetwork, ...] = ()

    @property
    def networks(self) -> tuple[IPv4Network, ...]:
        """All of them, as this site sees them."""
        return (self.connected.network, *(item.network for item in self.beyond))


def tunnel_ranges(
    network: Network, addresses: Addresses, mesh: Mesh
) -> dict[str, tuple[TunnelRange, ...]]:
    """The ranges by site, in the order of ids: the mesh first, then VPN clients by endpoint."""
    reached = reached_networks(network, addresses)
    link_range = ReachedNetwork(network.vpn.backbone.cidr, "link addresses of the mesh")
    found: dict[str, list[TunnelRange]] = {site: [] for site in addresses.gateways}
    for wireguard in mesh.interfaces:
        if wireguard.endpoint is None:
            sites = mesh.joined_to(wireguard.device.site)
            beyond = tuple(chain.from_iterable(map(reached.__getitem__, sites)))
            found[wireguard.device.site].append(
                TunnelRange(wireguard.device, BACKBONE_INTERFACE, link_range, sites, beyond)
            )
    for placed in placed_endpoints(network):
        clients = ReachedNetwork(placed.endpoint.cidr, f"clients of vpn.{placed.name}")
        name = f"{ENDPOINT_PREFIX}{placed.name}"
        found[placed.device.site].append(TunnelRange(placed.device, name, clients))
    return {site: tuple(ranges) for site, ranges in found.items()}
