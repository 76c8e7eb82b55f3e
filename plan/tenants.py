"""Tenants and their policies -> what each comes to in the cluster; and the cluster itself."""

from collections.abc import Mapping

from config.network import Network
from config.tenant import Tenant
from plan.model import (
    Addresses,
    ClusterPlan,
    Mesh,
    MtuStep,
    PlannedFlow,
    PolicyPlan,
    TenantPlan,
)
from plan.mtu import mtu_chain
from terms.values import PodSecurity, Ports, Trust

# A guest's pods must not forge addresses: `baseline` leaves them NET_RAW, `restricted` does not.
POD_SECURITY = {Trust.OWNER: PodSecurity.BASELINE, Trust.GUEST: PodSecurity.RESTRICTED}


def build_tenants(
    network: Network, policies: Mapping[str, tuple[PolicyPlan, ...]]
) -> tuple[TenantPlan, ...]:
    """Compute every tenant, in the order of (id, name)."""
    ordered = sorted(network.tenants.items(), key=lambda item: (item[1].id, item[0]))
    return tuple(_tenant(name, tenant, policies.get(name, ())) for name, tenant in ordered)


def _tenant(name: str, tenant: Tenant, policies: tuple[PolicyPlan, ...]) -> TenantPlan:
    return TenantPlan(
        name=name,
        id=tenant.id,
        trust=tenant.trust,
        namespaces=tuple(sorted(tenant.namespaces)),
        pod_security=tenant.pod_security or POD_SECURITY[tenant.trust],
        pool_addresses=tuple(sorted(tenant.addresses)),
        policies=policies,
    )


def build_cluster(
    network: Network, addresses: Addresses, mesh: Mesh, flows: tuple[PlannedFlow, ...]
) -> ClusterPlan | None:
    """Compute what the cluster needs of the network; None where there is none."""
    if network.cluster is None:
        return None
    chain: tuple[MtuStep, ...] = mtu_chain(network, addresses, mesh)
    return ClusterPlan(
        name=network.cluster.name,
        pod_mtu=chain[-1].mtu,
        mtu_chain=chain,
        node_ports=_ports_between_nodes(addresses, flows),
    )


def _ports_between_nodes(addresses: Addresses, flows: tuple[PlannedFlow, ...]) -> tuple[Ports, ...]:
    nodes = {device for device, _ in addresses.nodes}
    between = (f for f in flows if f.source.device in nodes and f.target.device in nodes)
    return tuple(sorted({ports for flow in between for ports in flow.ports}))
