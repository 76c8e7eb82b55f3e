"""Nodes, tenants and their pods -> the flows that a cluster cannot do without."""

from collections.abc import Iterator

from config.cluster import Cluster
from config.references import resolve_device
from plan.directory import Directory
from plan.implication import DNS_PORTS, EVERYTHING, imply
from plan.model import Party, PartyKind, PlannedFlow
from plan.parties import (
    INTERNET,
    device_party,
    kube_dns_party,
    namespace_party,
    tenant_party,
)
from terms.values import Ports, Protocol

# Weave Net: control connection; sleeve and fast data path.
WEAVE_PORTS = (Ports(Protocol.TCP, 6783, 6783), Ports(Protocol.UDP, 6783, 6784))
KUBELET_PORTS = (Ports(Protocol.TCP, 10250, 10250),)
ETCD_PORTS = (Ports(Protocol.TCP, 2379, 2380),)
# MetalLB's speakers elect who answers for an address; deaf to each other, all of them would.
METALLB_PORTS = (Ports(Protocol.TCP, 7946, 7946), Ports(Protocol.UDP, 7946, 7946))

API_NAME = "kubernetes-api"

NodePort = tuple[str, tuple[Ports, ...], str]


def cluster_flows(directory: Directory) -> Iterator[PlannedFlow]:
    """What nodes need of each other, and the system's pods of the API."""
    cluster = directory.network.cluster
    if cluster is None:
        return
    nodes = tuple(device_party(directory, ref) for ref, _ in directory.addresses.nodes)
    for name, ports, why in _between_nodes(cluster):
        yield from _mesh_of(nodes, name, ports, why)
    answerers = api_parties(directory)
    if len(answerers) > 1:
        yield from _mesh_of(answerers, "etcd", ETCD_PORTS, "members of the control plane agree")
    why = "kubelets and proxies watch the API"
    for node in nodes:
        for answerer in answerers:
            if node.device != answerer.device:
                yield imply(API_NAME, (node, answerer), api_ports(directory), why)
    yield from _system_flows(directory, cluster, answerers)


def _between_nodes(cluster: Cluster) -> Iterator[NodePort]:
    if cluster.weave.encryption:
        # Decrypted packets come in a second time, as UDP: its ports stay open beside ESP.
        ports = (*WEAVE_PORTS, Ports(Protocol.ESP))
        yield "weave", ports, "Weave Net carries pods' packets encrypted, as ESP beside UDP"
    else:
        yield "weave", WEAVE_PORTS, "Weave Net carries pods' packets"
    yield "kubelet", KUBELET_PORTS, "the control plane runs and reads pods by the kubelet"
    if cluster.pools:
        yield "metallb", METALLB_PORTS, "MetalLB elects the node that answers for an address"


def _mesh_of(
    nodes: tuple[Party, ...], name: str, ports: tuple[Ports, ...], why: str
) -> Iterator[PlannedFlow]:
    for source in nodes:
        for target in nodes:
            if source is not target:
                yield imply(name, (source, target), ports, why)


def api_parties(directory: Directory) -> tuple[Party, ...]:
    """The nodes that run the API server; the virtual address may be at any of them."""
    cluster = directory.network.cluster
    if cluster is None:
        return ()
    chosen = {
        resolve_device(directory.network, n)
        for n, node in cluster.nodes.items()
        if node.control_plane
    }
    virtual = (cluster.api.address,) if cluster.api.address else ()
    return tuple(
        device_party(directory, ref, tuple(a for a in virtual if a != address))
        for ref, address in directory.addresses.nodes
        if ref in chosen
    )


def api_ports(directory: Directory) -> tuple[Ports, ...]:
    """Ports of the Kubernetes API: the server's own, and that of the virtual address."""
    cluster = directory.network.cluster
    if cluster is None:
        return ()
    ports = {cluster.api.node_port, cluster.api.port or cluster.api.node_port}
    return tuple(Ports(Protocol.TCP, port, port) for port in sorted(ports))


def _system_flows(
    directory: Directory, cluster: Cluster, answerers: tuple[Party, ...]
) -> Iterator[PlannedFlow]:
    """A host cannot tell whose pod it is: every pod on a control-plane node reaches its API."""
    for namespace in sorted(cluster.system):
        for answerer in answerers:
            yield imply(
                f"{API_NAME}/{namespace}",
                (namespace_party("", namespace), answerer),
                api_ports(directory),
                "cluster DNS and controllers watch the API",
            )


def pod_flows(directory: Directory) -> Iterator[PlannedFlow]:
    """What a tenant's pods may do undeclared: look up names, meet each other, use the internet."""
    if directory.network.cluster is None:
        return
    for tenant, declared in sorted(directory.network.tenants.items()):
        if not declared.namespaces:
            continue
        pods = tenant_party(directory, tenant)
        yield imply(
            f"cluster-dns/{tenant}", (pods, kube_dns_party()), DNS_PORTS, "pods look up names"
        )
        yield from _same_tenant_flows(pods, isolated=declared.isolated_namespaces)
        if declared.internet:
            why = "the tenant has `internet: true`"
            yield imply(f"internet/{tenant}", (pods, INTERNET), EVERYTHING, why)


def _same_tenant_flows(pods: Party, *, isolated: bool) -> Iterator[PlannedFlow]:
    name = f"same-tenant/{pods.name}"
    if not isolated:
        yield imply(name, (pods, pods), EVERYTHING, "pods of one tenant meet")
        return
    for namespace in pods.pods.namespaces if pods.pods else ():
        own = namespace_party(pods.name, namespace)
        yield imply(name, (own, own), EVERYTHING, "pods of one namespace meet, and no others")


def node_address_flows(
    directory: Directory, flows: tuple[PlannedFlow, ...]
) -> Iterator[PlannedFlow]:
    """Let through what pods send out of the cluster: it leaves with the address of their node."""
    nodes = tuple(device_party(directory, ref) for ref, _ in directory.addresses.nodes)
    for flow in flows:
        if flow.source.kind is not PartyKind.PODS or flow.target.kind is PartyKind.PODS:
            continue
        if flow.name.startswith(f"{API_NAME}/"):
            continue
        for node in nodes:
            if node.device != flow.target.device:
                why = f"packets of {flow.source.name}'s pods leave with their node's address"
                yield imply(f"node-address/{flow.name}", (node, flow.target), flow.ports, why)
