"""What tenants and the cluster come to in Kubernetes."""

from dataclasses import dataclass
from ipaddress import IPv4Network

from plan.model.mesh import MtuStep
from terms.values import PodSecurity, Ports, Trust


@dataclass(frozen=True, slots=True)
class PolicyPeer:
    """Whom a policy rule speaks of, in one of the four shapes that weave-npc was seen to enforce.

    Exactly one of: `tenant` (whole tenant by its label), `namespace` alone (whole namespace),
    `namespace` with `labels` (some pods of it), `block` with `excepts`.
    """

    tenant: str | None = None
    namespace: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    block: IPv4Network | None = None
    excepts: tuple[IPv4Network, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """Peers and ports that are open together; no ports means every port and protocol."""

    peers: tuple[PolicyPeer, ...]
    ports: tuple[Ports, ...]
    flow: str


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """One NetworkPolicy with a fixed name; its policy types are always both."""

    name: str
    namespace: str
    # Labels of the pods it selects; empty for every pod of the namespace.
    labels: tuple[tuple[str, str], ...]
    ingress: tuple[PolicyRule, ...]
    egress: tuple[PolicyRule, ...]
    why: str


@dataclass(frozen=True, slots=True)
class TenantPlan:
    """What a tenant comes to in the cluster; namespaces in the order of their names."""

    name: str
    id: int
    trust: Trust
    namespaces: tuple[str, ...]
    pod_security: PodSecurity
    pool_addresses: tuple[IPv4Network, ...]
    policies: tuple[PolicyPlan, ...]


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """What the cluster needs of the network: MTU chain and ports between nodes."""

    name: str
    pod_mtu: int
    mtu_chain: tuple[MtuStep, ...]
    node_ports: tuple[Ports, ...]
