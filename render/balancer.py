"""A tenant's share of load-balancer addresses -> MetalLB objects and LoadBalancer Services."""

from config.tenant import Service, Tenant
from plan.model import TenantPlan
from render.manifest import (
    ADDRESS_POOL,
    L2_ADVERTISEMENT,
    MANAGED_LABEL,
    MANAGER,
    SERVICE,
    WHY_ANNOTATION,
    Fields,
    Json,
    Kind,
    Manifest,
    Meta,
)

METALLB_NAMESPACE = "metallb-system"
# MetalLB 0.14.9 and later; the prefix metallb.universe.tf before it is on its way out.
ADDRESS_ANNOTATION = "metallb.io/loadBalancerIPs"
# A Service is ready when its workload is, and that is the tenant's to deploy: nothing to wait for.
SKIP_AWAIT = "pulumi.com/skipAwait"


def pool_name(tenant: str) -> str:
    """Name of the tenant's address pool, in a namespace that all tenants' pools share."""
    return f"la1r-{tenant}"


def render_pool(tenant: TenantPlan) -> tuple[Manifest, ...]:
    """The tenant's pool, bound to its namespaces, and its announcement on the segment."""
    if not tenant.pool_addresses or not tenant.namespaces:
        return ()
    pool: Fields = {
        "addresses": [str(share) for share in sorted(tenant.pool_addresses)],
        # Each address is written down; a pool that hands them out would surprise its owner.
        "autoAssign": False,
        # Some old devices take an address that ends in 0 or 255 for no host's.
        "avoidBuggyIPs": True,
        "serviceAllocation": {"namespaces": sorted(tenant.namespaces)},
    }
    return (
        _in_metallb(ADDRESS_POOL, tenant.name, pool),
        _in_metallb(L2_ADVERTISEMENT, tenant.name, {"ipAddressPools": [pool_name(tenant.name)]}),
    )


def _in_metallb(kind: Kind, tenant: str, spec: Fields) -> Manifest:
    meta = Meta(pool_name(tenant), METALLB_NAMESPACE, {MANAGED_LABEL: MANAGER})
    return Manifest(kind, meta, tenant, {"spec": spec})


def render_services(tenant: str, record: Tenant) -> tuple[Manifest, ...]:
    """A LoadBalancer Service for each workload that has an address, in the order of their names."""
    return tuple(
        _render_service(tenant, name, service)
        for name, service in sorted(record.services.items())
        if service.address is not None
    )


def _render_service(tenant: str, name: str, service: Service) -> Manifest:
    notes = {ADDRESS_ANNOTATION: str(service.address), SKIP_AWAIT: "true"}
    if service.description:
        notes[WHY_ANNOTATION] = service.description
    ports: list[Json] = [
        {
            "name": label,
            "protocol": port.protocol.upper(),
            "port": port.port,
            "targetPort": port.pod_port,
        }
        for label, port in sorted(service.ports.items())
    ]
    spec: Fields = {
        "type": "LoadBalancer",
        "selector": dict(sorted(service.selector.items())),
        "ports": ports,
        # Else clients arrive with a node's address, and policies cannot tell them apart.
        "externalTrafficPolicy": "Local",
        # Else every node opens a port for it to everyone.
        "allocateLoadBalancerNodePorts": False,
        "ipFamilyPolicy": "SingleStack",
        "ipFamilies": ["IPv4"],
    }
    meta = Meta(name, service.namespace, {MANAGED_LABEL: MANAGER}, notes)
    return Manifest(SERVICE, meta, tenant, {"spec": spec})
