"""A plan -> every range of addresses that is not a site's prefix, as records of network.json."""

from collections.abc import Iterator

from config.ranges import RangeKind, aliases, other_ranges
from plan.model import Plan
from render.manifest import Json

POOL, ALIAS_POOL, SHARE = "pool", "alias-pool", "share"


def describe_ranges(plan: Plan) -> list[Json]:
    """Aliases, VPN and cluster ranges, load-balancer pools and the tenants' shares, by name."""
    found = sorted(set(_list_ranges(plan)))
    return [{"name": name, "kind": kind, "cidr": cidr} for name, kind, cidr in found]


def _list_ranges(plan: Plan) -> Iterator[tuple[str, str, str]]:
    network = plan.network
    for one in (*aliases(network), *other_ranges(network)):
        yield one.name, one.kind.value, str(one.cidr)
    if any(one.kind is RangeKind.ALIAS for one in aliases(network)):
        yield "the pool of aliases", ALIAS_POOL, str(network.network.alias_pool)
    for name, pool in network.cluster.pools.items() if network.cluster else ():
        yield f"pool {name}", POOL, str(pool.cidr)
    for name, tenant in network.tenants.items():
        for share in tenant.addresses:
            yield f"share of {name}", SHARE, str(share)
