"""The virtual address of the Kubernetes API lies in a prefix of a site, and nobody has it."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from config.cluster import Cluster
from config.inventory import Held, prefix_of, site_addresses, site_path
from config.network import Network
from config.references import resolve_device
from terms.problem import Problem
from terms.values import DeviceRef

PATH = "la1r:cluster.api.address"


def check(network: Network) -> list[Problem]:
    """Refuse an API address outside every prefix, and one that something else has or may get."""
    cluster = network.cluster
    if cluster is None or cluster.api.address is None:
        return []
    address = cluster.api.address
    return [
        *_check_place(network, address),
        *_check_pools(cluster, address),
        *_check_hosts(network, cluster, address),
        *_check_leases(network, address),
    ]


def _check_place(network: Network, address: IPv4Address) -> Iterator[Problem]:
    if not any(prefix_of(site, address) for site in network.sites.values()):
        yield Problem(
            "E-CLU-09",
            PATH,
            f"{address} is in no prefix of any site",
            "nobody could reach the Kubernetes API",
            "write an address from the prefix of the control plane",
        )


def _check_pools(cluster: Cluster, address: IPv4Address) -> Iterator[Problem]:
    for name, pool in cluster.pools.items():
        if address in pool.cidr:
            yield Problem(
                "E-CLU-10",
                PATH,
                f"{address} lies in the pool {name} {pool.cidr} (la1r:cluster.pools.{name}.cidr)",
                "a service could be given the address of the Kubernetes API",
                "choose an address outside the pools",
            )


def _check_hosts(network: Network, cluster: Cluster, address: IPv4Address) -> Iterator[Problem]:
    planes = {
        resolve_device(network, text) for text, one in cluster.nodes.items() if one.control_plane
    }
    for name, site in network.sites.items():
        for held in site_addresses(name, site):
            if held.address == address and not _is_one_of(held, planes):
                yield Problem(
                    "E-ADR-03",
                    PATH,
                    f"{address} already belongs to {held.name} ({held.path})",
                    "both would answer for it, and connections would go to either",
                    "choose an address that nobody has, or that of the control plane",
                )


def _is_one_of(held: Held, devices: set[DeviceRef | None]) -> bool:
    return not held.reservation and DeviceRef(held.site, held.name) in devices


def _check_leases(network: Network, address: IPv4Address) -> Iterator[Problem]:
    for site_name, site in network.sites.items():
        for name, prefix in site.prefixes.items():
            if prefix.dhcp and prefix.dhcp.first <= address <= prefix.dhcp.last:
                path = f"{site_path(site_name, 'prefixes', name)}.dhcp.pool"
                yield Problem(
                    "E-DHC-06",
                    PATH,
                    f"{address} lies in the DHCP pool {prefix.dhcp.pool} ({path})",
                    "the DHCP server would give it to somebody else, too",
                    "choose an address outside the pool, or make the pool smaller",
                )
