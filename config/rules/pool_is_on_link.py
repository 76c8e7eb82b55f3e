"""A load-balancer pool lies on the segment of the nodes, and apart from the other pools."""

from collections.abc import Iterator

from config.cluster import Cluster, Pool
from config.inventory import device_addresses, prefix_of, segment_of
from config.network import Network
from config.references import resolve_device
from config.site import Site
from terms.problem import Problem
from terms.values import PrefixRole

FIT_ROLES = frozenset({PrefixRole.LOAD_BALANCER, PrefixRole.SERVERS})


def check(network: Network) -> list[Problem]:
    """Refuse pools whose addresses no node could announce by ARP, and pools that overlap."""
    if network.cluster is None:
        return []
    nodes = _segments_of_nodes(network, network.cluster)
    found = [
        problem
        for name, pool in network.cluster.pools.items()
        for problem in _check(network, name, pool, nodes)
    ]
    return [*found, *_check_overlaps(network.cluster)]


def _segments_of_nodes(network: Network, cluster: Cluster) -> dict[str, list[tuple[str, set[str]]]]:
    """List the nodes of each site with the segments that they have addresses on."""
    found: dict[str, list[tuple[str, set[str]]]] = {}
    for name in cluster.nodes:
        ref = resolve_device(network, name)
        if ref:
            site = network.sites[ref.site]
            held = device_addresses(ref.site, ref.device, network.device(ref))
            prefixes = (prefix_of(site, one.address) for one in held)
            segments = {segment_of(*prefix) for prefix in prefixes if prefix}
            found.setdefault(ref.site, []).append((ref.device, segments))
    return found


def _check(
    network: Network, name: str, pool: Pool, nodes: dict[str, list[tuple[str, set[str]]]]
) -> Iterator[Problem]:
    places = [
        (site_name, key, segment)
        for site_name, site in network.sites.items()
        for key, segment in _holders(site, pool)
    ]
    if not places:
        yield _refuse(name, pool, "lies in no load-balancer or servers prefix of any site")
        return
    site_name, key, segment = next((one for one in places if one[0] in nodes), places[0])
    here = nodes.get(site_name, [])
    if not here:
        yield _refuse(name, pool, f"lies in {site_name}.{key}, and no node stands at {site_name}")
    apart = [
        f"{device} on {' and '.join(sorted(segments))}"
        for device, segments in here
        if segments and segment not in segments
    ]
    if apart:
        text = f"lies on segment {segment} of {site_name}, and the nodes are apart from it: "
        yield _refuse(name, pool, text + ", ".join(apart))


def _holders(site: Site, pool: Pool) -> Iterator[tuple[str, str]]:
    for key, prefix in site.prefixes.items():
        if prefix.role in FIT_ROLES and pool.cidr.subnet_of(prefix.cidr):
            yield key, segment_of(key, prefix)


def _refuse(name: str, pool: Pool, found: str) -> Problem:
    return Problem(
        "E-POL-01",
        f"la1r:cluster.pools.{name}.cidr",
        f"the pool {name} {pool.cidr} {found}",
        "MetalLB answers ARP for its addresses on the nodes' own segment alone",
        "move the pool into a load-balancer prefix whose `segment` is that of the nodes",
    )


def _check_overlaps(cluster: Cluster) -> Iterator[Problem]:
    ordered = sorted(cluster.pools.items(), key=lambda item: (item[1].cidr, item[0]))
    widest = ordered[0] if ordered else None
    for name, pool in ordered[1:]:
        if widest and pool.cidr.overlaps(widest[1].cidr):
            yield Problem(
                "E-POL-02",
                f"la1r:cluster.pools.{name}.cidr",
                f"the pool {name} {pool.cidr} overlaps {widest[0]} {widest[1].cidr}"
                f" (la1r:cluster.pools.{widest[0]}.cidr)",
                "one address would be given out by both, to different people",
                "make them narrower until they lie apart",
            )
        else:
            widest = (name, pool)
