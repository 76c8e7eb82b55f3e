"""A plan and its endpoints -> the names that stand for several of them."""

from collections.abc import Iterable, Iterator

from plan.model import Plan
from reach.findings import Endpoint, EndpointKind
from reach.standing import Standing


def find_groups(plan: Plan, standings: Iterable[Standing]) -> Iterator[Endpoint]:
    """Each site, each tenant and the cluster, as a user writes them."""
    endpoints = tuple(standing.endpoint for standing in standings)
    for site in plan.network.sites:
        members = tuple(e.name for e in endpoints if e.site == site and _is_local(e))
        yield Endpoint(site, EndpointKind.GROUP, "everything at the site", site, members=members)
    for tenant in sorted(plan.network.tenants):
        members = tuple(e.name for e in endpoints if e.tenant == tenant)
        what = "pods and VPN clients of the tenant"
        yield Endpoint(tenant, EndpointKind.GROUP, what, tenant=tenant, members=members)
    if plan.network.cluster:
        members = tuple(str(ref) for ref, _ in plan.addresses.nodes)
        yield Endpoint("cluster", EndpointKind.GROUP, "nodes of the cluster", members=members)


def _is_local(endpoint: Endpoint) -> bool:
    return endpoint.kind in (EndpointKind.PREFIX, EndpointKind.DEVICE)
