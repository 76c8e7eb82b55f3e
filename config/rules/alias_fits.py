"""An alias is as long as its prefix and lies in the alias pool."""

from collections.abc import Iterator

from config.inventory import site_path
from config.network import Network
from config.site import SitePrefix
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse an alias of another length than its prefix, or outside the alias pool."""
    return [
        problem
        for site_name, site in network.sites.items()
        for name, prefix in site.prefixes.items()
        for problem in _check(network, site_path(site_name, "prefixes", name), prefix)
    ]


def _check(network: Network, path: str, prefix: SitePrefix) -> Iterator[Problem]:
    alias, pool = prefix.alias, network.network.alias_pool
    if alias is None:
        return
    if alias.prefixlen != prefix.cidr.prefixlen:
        length = prefix.cidr.prefixlen
        yield Problem(
            "E-PFX-07",
            f"{path}.alias",
            f"the alias {alias} is a /{alias.prefixlen}, its prefix {prefix.cidr} a /{length}",
            "1:1 translation needs an address on one side for each on the other",
            f"write an alias that ends in /{length}",
        )
    if not alias.subnet_of(pool):
        yield Problem(
            "E-PFX-08",
            f"{path}.alias",
            f"the alias {alias} lies outside the alias pool {pool}",
            "other sites and VPN clients route the pool alone into the mesh",
            f"choose a range inside {pool}, or widen la1r:network.alias_pool",
        )
