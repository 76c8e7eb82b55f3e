"""Every option of a cluster and its tenants, each with another value than before."""

from typing import Any

from pydantic import BaseModel

from config.cluster import Api, Cluster, Node, Pool, Requests, Weave
from config.flow import Flow
from config.tenant import Quota, Service, ServicePort, Tenant
from tests.components.cluster_stack import Change

Config = dict[str, Any]


def prepare(config: Config) -> None:
    """What an option can be about: a second node, a second namespace, a published workload."""
    home = config["la1r:sites"]["home"]
    gateway, server = home["devices"]["gateway"], home["devices"]["server"]
    gateway["interfaces"]["lan0"]["addresses"].append("192.168.6.254")
    home["devices"]["second"] = {**server, "address": "192.168.10.6"}
    home["prefixes"]["balanced"] = {
        "cidr": "192.168.6.0/24",
        "role": "load-balancer",
        "segment": "lan",
        "gateway": "192.168.6.254",
    }
    config["la1r:cluster"]["pools"] = {"shared": {"cidr": "192.168.6.0/25"}}
    config["la1r:tenants"]["family"] = {
        "id": 1,
        "namespaces": ["cloud", "media"],
        "pool": "shared",
        "addresses": ["192.168.6.16/28"],
        "services": {
            "web": {
                "namespace": "cloud",
                "selector": {"app": "web"},
                "address": "192.168.6.17",
                "ports": {"https": {"port": 443}},
            }
        },
    }


def at(*path: str, **options: object) -> Change:
    """Set options of what stands at a path."""

    def change(config: Config) -> None:
        place = config
        for step in path:
            place = place.setdefault(step, {})
        place.update(options)

    return change


def cluster(**options: object) -> Change:
    return at("la1r:cluster", **options)


def weave(**options: object) -> Change:
    return at("la1r:cluster", "weave", **options)


def tenant(**options: object) -> Change:
    return at("la1r:tenants", "family", **options)


def quota(**options: object) -> Change:
    return at("la1r:tenants", "family", "quota", **options)


def web(**options: object) -> Change:
    return at("la1r:tenants", "family", "services", "web", **options)


def flow(**options: object) -> Change:
    """Change the last of the flows, or add one."""

    def change(config: Config) -> None:
        flows = config["la1r:flows"]
        if len(flows) == 1:
            flows.append({})
        flows[-1].update(options)

    return change


def web_port(**options: object) -> Change:
    return at("la1r:tenants", "family", "services", "web", "ports", "https", **options)


OPTIONS: dict[str, Change] = {
    "weave.version": weave(version="2.9.1"),
    "weave.mtu": weave(mtu=1200),
    "weave.encryption": weave(encryption=True),
    "weave.trusted_subnets": weave(trusted_subnets=["192.168.10.0/24"]),
    "weave.allow_multicast": weave(allow_multicast=True),
    "weave.log_level": weave(log_level="error"),
    "weave.iptables_backend": weave(version="2.8.10", iptables_backend="legacy"),
    "weave.connection_limit": weave(connection_limit=9),
    "weave.monitoring": weave(monitoring=True),
    "weave.requests.cpu": weave(requests={"cpu": "100m"}),
    "weave.requests.memory": weave(requests={"cpu": "100m", "memory": "128Mi"}),
    "tenant.internet": tenant(internet=True),
    "cluster.nodes": at("la1r:cluster", "nodes", **{"home/second": {}}),
    "node.cpu": at("la1r:cluster", "nodes", "home/second", cpu=32),
    "node.memory": at("la1r:cluster", "nodes", "home/second", memory="64Gi"),
    "node.control_plane": at("la1r:cluster", "nodes", "home/second", control_plane=True),
    "node.address": at("la1r:cluster", "nodes", "home/second", address="10.8.0.1"),
    "cluster.services": cluster(services="10.97.0.0/16"),
    "api.address": at("la1r:cluster", "api", address="192.168.10.8"),
    "api.port": at("la1r:cluster", "api", port=8443),
    "api.node_port": at("la1r:cluster", "api", node_port=6444),
    "cluster.system": cluster(system=["kube-system", "kubernetes-dashboard"]),
    "cluster.adopt": cluster(adopt=True),
    "pool.cidr": at("la1r:cluster", "pools", "shared", cidr="192.168.6.0/26"),
    "pool.audience": at("la1r:cluster", "pools", "shared", audience="public"),
    "tenant.owners": tenant(owners=["mum@example.net"]),
    "tenant.trust": tenant(trust="guest"),
    "tenant.pod_security": tenant(pod_security="baseline"),
    "tenant.isolated_namespaces": tenant(isolated_namespaces=True),
    "tenant.node_selector": tenant(node_selector={"kubernetes.io/arch": "arm64"}),
    "tenant.namespaces": tenant(namespaces=["cloud", "media", "games"]),
    "tenant.addresses": tenant(addresses=["192.168.6.16/28", "192.168.6.32/28"]),
    "quota.cpu": quota(cpu="400m"),
    "quota.memory": quota(memory="4Gi"),
    "quota.storage": quota(storage="5Gi"),
    "quota.pods": quota(pods=5),
    "quota.services": quota(services=6),
    "quota.load_balancers": quota(load_balancers=1),
    "service.selector": web(selector={"app": "front"}),
    "service.description": web(description="what the family has written"),
    "service.address": web(address="192.168.6.33"),
    "service.hostnames": web(hostnames=["cloud.example.net"]),
    "port.port": web_port(port=8443),
    "port.target": web_port(target=9443),
    "port.protocol": web_port(protocol="udp"),
    "service.ports": at("la1r:tenants", "family", "services", "web", "ports", http={"port": 80}),
    "service.namespace": web(namespace="media"),
    "flow": flow(**{"from": "cabin.lan", "to": "family/web", "ports": ["udp/9443"], "why": "film"}),
    "flow.from": flow(**{"from": "home.lan"}),
    "flow.ports": flow(ports=["udp/9443", "tcp/80"]),
    "flow.why": flow(why="films"),
    "flow.name": flow(name="films"),
    "flow.to": flow(**{"from": "family", "to": "cabin.lan"}),
    "flow.through": flow(
        **{"from": "internet", "to": "family/web", "ports": ["tcp/8080"], "through": 80}
    ),
}
# What another value of makes another cluster or tenant of, or what no object of the cluster says.
NOT_TRIED = {
    "cluster.name": "another name is another cluster",
    "cluster.pods": "needs work on every node: a test of its own",
    "cluster.pools": "what stands inside is tried",
    "cluster.api": "what stands inside is tried",
    "cluster.weave": "what stands inside is tried",
    "cluster.description": "stands in views alone",
    "tenant.id": "numbers of routers' things",
    "tenant.quota": "what stands inside is tried",
    "tenant.services": "what stands inside is tried",
    "tenant.pool": "where its addresses come from",
    "tenant.description": "stands in views alone",
    "weave.requests": "what stands inside is tried",
}
MODELS: dict[str, type[BaseModel]] = {
    "weave": Weave,
    "weave.requests": Requests,
    "cluster": Cluster,
    "node": Node,
    "api": Api,
    "pool": Pool,
    "tenant": Tenant,
    "quota": Quota,
    "service": Service,
    "port": ServicePort,
    "flow": Flow,
}
