"""Sites and VPN endpoints -> the ranges reached at each site, as the other sites see them."""

from ipaddress import IPv4Network
from itertools import pairwise

from msgspec import Struct

from config.inventory import is_managed
from config.network import Network
from config.references import resolve_device
from config.vpn import VpnEndpoint
from plan.model import Addresses
from plan.places import UNROUTED_ROLES
from terms.values import DeviceRef


class ReachedNetwork(Struct, frozen=True):
    """A range that packets are sent to, and what it is, in words."""

    network: IPv4Network
    what: str


class PlacedEndpoint(Struct, frozen=True):
    """A VPN endpoint with its name and the managed device that ends it."""

    name: str
    device: DeviceRef
    endpoint: VpnEndpoint


class OverlapError(Exception):
    """Two ranges of the mesh overlap; WireGuard would silently give the shared part to one peer."""

    def __init__(self, first: ReachedNetwork, second: ReachedNetwork) -> None:
        super().__init__(
            f"{first.network} ({first.what}) overlaps {second.network} ({second.what})"
        )
        self.first = first
        self.second = second


def placed_endpoints(network: Network) -> tuple[PlacedEndpoint, ...]:
    """The VPN endpoints that end on a managed device, by name."""
    found = (
        (name, resolve_device(network, endpoint.at), endpoint)
        for name, endpoint in sorted(network.vpn.endpoints.items())
    )
    return tuple(
        PlacedEndpoint(name, device, endpoint)
        for name, device, endpoint in found
        if device and is_managed(network.device(device))
    )


def reached_networks(
    network: Network, addresses: Addresses
) -> dict[str, tuple[ReachedNetwork, ...]]:
    """The effective ranges of each site and those of its VPN endpoints, without link addresses.

    Raises OverlapError where two of them overlap: no rule of the description lets that pass.
    """
    reached: dict[str, list[ReachedNetwork]] = {site: [] for site in addresses.routers}
    for prefix in addresses.prefixes:
        if prefix.role not in UNROUTED_ROLES:
            reached[prefix.site].append(ReachedNetwork(prefix.effective, prefix.reference))
    for placed in placed_endpoints(network):
        what = f"clients of vpn.{placed.name}"
        reached[placed.device.site].append(ReachedNetwork(placed.endpoint.cidr, what))
    _refuse_overlaps([item for found in reached.values() for item in found])
    return {site: tuple(found) for site, found in reached.items()}


def _refuse_overlaps(reached: list[ReachedNetwork]) -> None:
    """Compare neighbours in the order of addresses: the first overlap is between two of them."""
    ordered = sorted(reached, key=lambda item: item.network)
    for first, second in pairwise(ordered):
        if first.network.overlaps(second.network):
            raise OverlapError(first, second)
