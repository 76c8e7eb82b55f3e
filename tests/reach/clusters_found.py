"""What an API server would list of a small network that was applied, and changes of it."""

import json
from functools import cache
from typing import Any

from plan.model import Plan
from reach.live import LiveReach, compare_live
from render.manifest import NAMESPACE, NETWORK_POLICY, Manifest
from tests.plan.towns import clustered
from tests.reach.evaluated import planned

Raw = dict[str, Any]


@cache
def town() -> tuple[Plan, tuple[Manifest, ...]]:
    """The network."""
    return planned(clustered())


def listed() -> list[Raw]:
    """Namespaces and policies as they are emitted, with two pods of each service and one more."""
    plan, manifests = town()
    objects = [
        json.loads(json.dumps(each.body))
        for each in manifests
        if each.type in (NAMESPACE, NETWORK_POLICY)
    ]
    for tenant in plan.network.tenants.values():
        for namespace in tenant.namespaces:
            objects.append(a_pod(namespace, f"idle-{namespace}", {}))
        for name, service in tenant.services.items():
            for number in range(2):
                labels = dict(service.selector)
                objects.append(a_pod(service.namespace, f"{name}-{number}", labels))
    return [*objects, a_pod("kube-system", "dns", {"k8s-app": "kube-dns"})]


def a_pod(namespace: str, name: str, labels: dict[str, str], **status: str) -> Raw:
    """A running pod."""
    return {
        "kind": "Pod",
        "metadata": {"namespace": namespace, "name": name, "labels": labels},
        "spec": {"containers": [{"name": "main"}]},
        "status": {"phase": "Running", "podIP": "10.244.0.9", **status},
    }


def a_policy(namespace: str, name: str, **spec: Any) -> Raw:
    """A policy that somebody wrote by hand."""
    metadata = {"namespace": namespace, "name": name}
    return {"kind": "NetworkPolicy", "metadata": metadata, "spec": {"podSelector": {}, **spec}}


def compared(objects: list[Raw]) -> LiveReach:
    """What is found in a cluster with these objects."""
    plan, manifests = town()
    return compare_live(plan, manifests, objects)
