"""Every range in use -> what is not the internet."""

from collections.abc import Iterator
from ipaddress import IPv4Network, collapse_addresses

from config.network import Network
from plan.model import Addresses

# Ranges that the internet does not route: RFC 1918, RFC 6598 (shared behind providers' NAT),
# RFC 3927 (link-local, where clouds keep their metadata service).
NOT_ROUTED = tuple(
    map(
        IPv4Network,
        ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
    )
)


def internal_networks(network: Network, addresses: Addresses) -> tuple[IPv4Network, ...]:
    """Private ranges and every range of this network, the fewest that cover them, in order."""
    return tuple(collapse_addresses([*NOT_ROUTED, *_own_networks(network, addresses)]))


def _own_networks(network: Network, addresses: Addresses) -> Iterator[IPv4Network]:
    for prefix in addresses.prefixes:
        yield prefix.cidr
        yield prefix.effective
    yield network.network.alias_pool
    yield network.vpn.backbone.cidr
    for endpoint in network.vpn.endpoints.values():
        yield endpoint.cidr
    if network.cluster:
        yield network.cluster.pods
        yield network.cluster.services
