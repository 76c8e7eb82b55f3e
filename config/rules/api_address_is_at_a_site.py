"""The virtual address of the Kubernetes API lies in a prefix of a site, and nobody has it."""

from config.inventory import prefix_of
from config.network import Network
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse an API address outside every prefix, and one from a load-balancer pool."""
    cluster = network.cluster
    if cluster is None or cluster.api.address is None:
        return []
    address = cluster.api.address
    found = []
    if not any(prefix_of(site, address) for site in network.sites.values()):
        found.append(
            Problem(
                "E-CLU-09",
                "la1r:cluster.api.address",
                f"{address} is in no prefix of any site",
                "nobody could reach the Kubernetes API",
                "write an address from the prefix of the control plane",
            )
        )
    found += [
        Problem(
            "E-CLU-10",
            "la1r:cluster.api.address",
            f"{address} lies in the pool {name} {pool.cidr} (la1r:cluster.pools.{name}.cidr)",
            "a service could be given the address of the Kubernetes API",
            "choose an address outside the pools",
        )
        for name, pool in cluster.pools.items()
        if address in pool.cidr
    ]
    return found
