"""A tenant's load-balancer addresses are a share of its pool, and its own."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from config.network import Network
from config.suggest import suggest
from config.tenant import Tenant
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse unknown pools, shares outside their pool, and shares that overlap."""
    found = [
        one for name, tenant in network.tenants.items() for one in _check(network, name, tenant)
    ]
    return [*found, *_check_overlaps(network)]


def _check(network: Network, name: str, tenant: Tenant) -> Iterator[Problem]:
    pools = network.cluster.pools if network.cluster else {}
    path = f"la1r:tenants.{name}"
    if tenant.pool is None:
        if tenant.addresses:
            yield Problem(
                "E-TEN-06",
                f"{path}.addresses",
                f"{name} has a share of addresses and names no pool",
                "it is unclear which segment announces them",
                f"add `pool:`; {suggest('', pools)}",
            )
        return
    if tenant.pool not in pools:
        yield Problem(
            "E-TEN-05",
            f"{path}.pool",
            f"the cluster has no pool {tenant.pool}",
            "the tenant's services would stay without an address",
            suggest(tenant.pool, pools),
        )
        return
    pool = pools[tenant.pool].cidr
    for index, share in enumerate(tenant.addresses):
        if not share.subnet_of(pool):
            yield Problem(
                "E-TEN-07",
                f"{path}.addresses[{index}]",
                f"{share} lies outside the pool {tenant.pool} {pool}"
                f" (la1r:cluster.pools.{tenant.pool}.cidr)",
                "nobody would announce these addresses",
                f"choose a range inside {pool}",
            )


def _check_overlaps(network: Network) -> Iterator[Problem]:
    shares = sorted(
        (share, f"la1r:tenants.{name}.addresses[{index}]", name)
        for name, tenant in network.tenants.items()
        for index, share in enumerate(tenant.addresses)
    )
    widest: tuple[IPv4Network, str, str] | None = None
    for share, path, name in shares:
        if widest and share.overlaps(widest[0]):
            yield Problem(
                "E-TEN-08",
                path,
                f"{share} of {name} overlaps {widest[0]} of {widest[2]} ({widest[1]})",
                "one tenant could take an address that the other publishes on",
                "make the shares narrower until they lie apart",
            )
        else:
            widest = (share, path, name)
