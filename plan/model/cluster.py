"""What tenants and the cluster come to in Kubernetes."""

from ipaddress import IPv4Network

from msgspec import Struct

from plan.model.mesh import MtuStep
from terms.values import PodSecurity, Ports, Trust


class PolicyPeer(Struct, frozen=True):
    """Whom a policy rule speaks of, in one of the four shapes that weave-npc was seen to enforce.

    Exactly one of: `tenant` (whole tenant by its label), `namespace` alone (whole namespace),
    `namespace` with `labels` (some pods of it), `block` with `excepts`.
    """

    tenant: str | None = None
    namespace: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    block: IPv4Network | None = None
    excepts: tuple[IPv4Network, ...] = ()


class PolicyRule(Struct, frozen=True):
    """Peers and ports that are open together; no ports means every port and protocol."""

    peers: tuple[PolicyPeer, ...]
    ports: tuple[Ports, ...]
    flow: str


class PolicyPlan(Struct, frozen=True):
    """One NetworkPolicy with a fixed name; its policy types are always both."""

    name: str
    namespace: str
    # Labels of the pods it selects; empty for every pod of the namespace.
    labels: tuple[tuple[str, str], ...]
    ingress: tuple[PolicyRule, ...]
    egress: tuple[PolicyRule, ...]
    why: str


class TenantPlan(Struct, frozen=True):
    """What a tenant comes to in the cluster; namespaces in the order of their names."""

    name: str
    id: int
    trust: Trust
    namespaces: tuple[str, ...]
    pod_security: PodSecurity
    pool_addresses: tuple[IPv4Network, ...]
    policies: tuple[PolicyPlan, ...]


class ClusterPlan(Struct, frozen=True):
    """What the cluster needs of the network: MTU chain and ports between nodes."""

    name: str
    pod_mtu: int
    mtu_chain: tuple[MtuStep, ...]
    node_ports: tuple[Ports, ...]
