"""What owners of tenants ask of an API server, as objects and the paths they are sent to."""

import time
from typing import Any

import pytest

from lab.apiserver.calls import Caller, CallError

Json = dict[str, Any]
RBAC, NETWORK = "rbac.authorization.k8s.io", "networking.k8s.io"


def place(namespace: str, plural: str, group: str = "") -> str:
    prefix = f"/apis/{group}/v1" if group else "/api/v1"
    return f"{prefix}/namespaces/{namespace}/{plural}?dryRun=All"


def thing(kind: str, group: str = "", **content: Any) -> Json:
    version = f"{group}/v1" if group else "v1"
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "it"}, **content}


CONTAINER = {
    "name": "it",
    "image": "example.net/it:1",
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
}


def pod(**spec: Any) -> Json:
    return thing("Pod", spec={"containers": [CONTAINER], **spec})


def service(annotations: dict[str, str] | None = None, **spec: Any) -> Json:
    found = thing("Service", spec={"ports": [{"port": 80}], **spec})
    found["metadata"]["annotations"] = annotations or {}
    return found


def balanced(address: str, **spec: Any) -> Json:
    closed = {"allocateLoadBalancerNodePorts": False, "externalTrafficPolicy": "Local"}
    wanted = {"metallb.io/loadBalancerIPs": address}
    return service(wanted, **{"type": "LoadBalancer", **closed, **spec})


def ingress(host: str | None, **spec: Any) -> Json:
    backend = {"service": {"name": "it", "port": {"number": 80}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    rule: Json = {"http": {"paths": [path]}}
    if host:
        rule["host"] = host
    return thing("Ingress", "networking.k8s.io", spec={"rules": [rule], **spec})


def expect_enforced(caller: Caller) -> None:
    """Admission policies take effect some moments after they were made."""
    caught = service(externalIPs=["192.0.2.1"])
    for namespace in ("cloud", "media", "paul"):
        for path, what in (
            (place(namespace, "services"), caught),
            (place(namespace, "ingresses", NETWORK), ingress(None)),
        ):
            expect_refused(caller, path, what)


def expect_refused(caller: Caller, path: str, what: Json) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            caller.create(path, what)
        except CallError:
            return
        time.sleep(0.1)
    pytest.fail(f"nothing refuses what is made at {path}")
