"""Who can reach whom in a cluster of N tenants: `N`; prints pairs that are open, and CPU seconds.

A tenant has four namespaces; a namespace has four policies, as they are emitted, and two workloads.
`N CASE` writes the cluster into a file, for another analyser to read, instead of judging it.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

from reach.cluster_objects import read_cluster
from reach.pod_matrix import PodMatrix
from render.manifest import NAMESPACE_LABEL, TENANT_LABEL

SPACES, WORKLOADS = 4, 2
Raw = dict[str, Any]


def describe_cluster(tenants: int) -> list[Raw]:
    """Namespaces, pods and policies as an API server lists them."""
    return [each for number in range(tenants) for each in _tenant(number, tenants)]


def _tenant(number: int, tenants: int) -> Iterator[Raw]:
    name, neighbour = f"t{number}", f"t{(number + 1) % tenants}-s0"
    for space in (f"{name}-s{count}" for count in range(SPACES)):
        yield {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": space, "labels": {NAMESPACE_LABEL: space, TENANT_LABEL: name}},
        }
        yield from (_pod(space, f"w{count}", number) for count in range(WORKLOADS))
        flow = {"namespaceSelector": _equal(NAMESPACE_LABEL, neighbour), **_pods("w0")}
        dns = {"namespaceSelector": _equal(NAMESPACE_LABEL, "kube-system"), **_pods("dns")}
        own = {"namespaceSelector": _equal(TENANT_LABEL, name)}
        yield _policy(space, "deny-all", {})
        yield _policy(space, "allow-dns", {"egress": [{"to": [dns], "ports": _ports(53)}]})
        yield _policy(
            space, "allow-tenant", {"ingress": [{"from": [own]}], "egress": [{"to": [own]}]}
        )
        yield _policy(space, "flow", {"egress": [{"to": [flow], "ports": _ports(443)}]})


def _pod(space: str, name: str, number: int) -> Raw:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": space, "labels": {"app": name}},
        "spec": {"containers": [{"name": "main"}]},
        "status": {"phase": "Running", "podIP": f"10.244.{number}.{1 + int(name[1:])}"},
    }


def _policy(space: str, name: str, rules: Raw) -> Raw:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": space},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], **rules},
    }


def _equal(key: str, value: str) -> Raw:
    return {"matchLabels": {key: value}}


def _pods(app: str) -> Raw:
    return {"podSelector": _equal("app", app)}


def _ports(number: int) -> list[Raw]:
    return [{"protocol": "TCP", "port": number}]


def main() -> None:
    """Judge the cluster, or write it down."""
    objects = describe_cluster(int(sys.argv[1]))
    if len(sys.argv) > 2:
        case = {"objects": objects, "addresses": []}
        Path(sys.argv[2]).write_text(json.dumps(case) + "\n", encoding="utf-8")
        return
    begin = process_time()
    found = read_cluster(objects)
    pairs = sum(1 for _ in PodMatrix(found.pods, found.policies).open_pairs())
    print(pairs, process_time() - begin)


if __name__ == "__main__":
    main()
