"""Mesh and addresses -> which ranges each site reaches through which of its devices."""

from dataclasses import dataclass
from ipaddress import IPv4Network

from config.network import Network
from plan.model import Addresses, LinkKind, Mesh
from plan.reached import ReachedNetwork, placed_endpoints, reached_networks
from plan.tunnels import BACKBONE_INTERFACE, ENDPOINT_PREFIX
from terms.values import DeviceRef


@dataclass(frozen=True, slots=True)
class TunnelRange:
    """Ranges that a device of the site reaches through one of its WireGuard interfaces."""

    device: DeviceRef
    interface: str
    # On the interface's own network, so the device itself needs no route.
    connected: ReachedNetwork
    # Beyond it: the ranges of other sites.
    beyond: tuple[ReachedNetwork, ...] = ()

    @property
    def networks(self) -> tuple[IPv4Network, ...]:
        """All of them, as this site sees them."""
        return (self.connected.network, *(item.network for item in self.beyond))


def tunnel_ranges(
    network: Network, addresses: Addresses, mesh: Mesh
) -> dict[str, tuple[TunnelRange, ...]]:
    """The ranges by site, in the order of ids: the mesh first, then VPN clients by endpoint."""
    remote = _remote_networks(mesh, reached_networks(network, addresses))
    link_range = ReachedNetwork(network.vpn.backbone.cidr, "link addresses of the mesh")
    found: dict[str, list[TunnelRange]] = {site: [] for site in addresses.gateways}
    for wireguard in mesh.interfaces:
        if wireguard.endpoint is None:
            site = wireguard.device.site
            beyond = tuple(remote[site])
            found[site].append(
                TunnelRange(wireguard.device, BACKBONE_INTERFACE, link_range, beyond)
            )
    for placed in placed_endpoints(network):
        clients = ReachedNetwork(placed.endpoint.cidr, f"clients of vpn.{placed.name}")
        name = f"{ENDPOINT_PREFIX}{placed.name}"
        found[placed.device.site].append(TunnelRange(placed.device, name, clients))
    return {site: tuple(ranges) for site, ranges in found.items()}


def _remote_networks(
    mesh: Mesh, reached: dict[str, tuple[ReachedNetwork, ...]]
) -> dict[str, list[ReachedNetwork]]:
    """The ranges of every site that each site is joined to, directly or by a relay."""
    found: dict[str, list[ReachedNetwork]] = {site: [] for site in reached}
    for link in mesh.links:
        if link.kind is not LinkKind.REFUSED:
            found[link.a] += reached[link.b]
            found[link.b] += reached[link.a]
    return found
