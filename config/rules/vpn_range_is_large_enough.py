"""Ranges of the VPN have an address for each site and for the endpoint itself."""

from collections.abc import Iterator

from config.network import Network
from terms.problem import Problem

# Network, endpoint, one client, broadcast.
LONGEST_ENDPOINT = 30


def check(network: Network) -> list[Problem]:
    """Refuse site ids beyond the backbone's range, and endpoint ranges without room."""
    return [*_check_sites(network), *_check_endpoints(network)]


def _check_sites(network: Network) -> Iterator[Problem]:
    cidr = network.vpn.backbone.cidr
    highest = cidr.num_addresses - 2
    for name, site in network.sites.items():
        if site.id > highest and len(network.sites) > 1:
            yield Problem(
                "E-VPN-05",
                f"la1r:sites.{name}.id",
                f"the id {site.id} is beyond the backbone {cidr} (la1r:vpn.backbone.cidr), "
                + (f"whose last host is number {highest}" if highest > 0 else "which has no hosts"),
                "the gateway would get an address outside the backbone",
                "choose a smaller id, or a wider backbone",
            )


def _check_endpoints(network: Network) -> Iterator[Problem]:
    for name, endpoint in network.vpn.endpoints.items():
        if endpoint.cidr.prefixlen > LONGEST_ENDPOINT:
            yield Problem(
                "E-VPN-06",
                f"la1r:vpn.endpoints.{name}.cidr",
                f"{endpoint.cidr} has no room for an endpoint and a client",
                "nobody could be given an address",
                "choose a wider range, as a /24",
            )
