"""Kubernetes objects that change in place, are replaced, or only seem to change."""

from typing import Any

import pulumi
import pulumi_kubernetes
from pulumi import ResourceOptions

second = pulumi.Config().require_int("version") == 2
value = "2" if second else "1"
# Plain dictionaries say the same as the typed arguments, for which a checker would ask.
k8s: Any = pulumi_kubernetes
mutable = k8s.Provider(
    "mutable",
    enable_secret_mutable=True,
    enable_config_map_mutable=True,
    cluster_identifier="here",
)
plain = k8s.Provider("plain", namespace="plain")
M = ResourceOptions(provider=mutable)
P = ResourceOptions(provider=plain)


def named(name: str, **more: Any) -> dict[str, Any]:
    """Metadata with a name."""
    return {"name": name, "namespace": "web", **more}


labels = {"example.net/level": value, **({"new": "x"} if second else {})}
space = k8s.core.v1.Namespace("space", metadata={"name": "web", "labels": labels}, opts=M)
moved = k8s.core.v1.Namespace("moved", metadata={"name": f"web-{value}"}, opts=M)

text = "first\nsecond\n" + ("third\n" if second else "")
k8s.core.v1.ConfigMap("text", metadata=named("text"), data={"a.conf": text, "b": "c"}, opts=M)
k8s.core.v1.ConfigMap("immutable", metadata={"name": "immutable"}, data={"a": value}, opts=P)
k8s.core.v1.ConfigMap("made-up-name", data={"a": value}, opts=M)
k8s.core.v1.ConfigMap("made-up-replaced", data={"a": value}, opts=P)
k8s.core.v1.ConfigMap("elsewhere", metadata={"namespace": f"n{value}"}, data={"a": "b"}, opts=M)
k8s.core.v1.ConfigMap("null", metadata=named("null"), data={"a": space.metadata.uid}, opts=M)
k8s.core.v1.ConfigMap(
    "ignored",
    metadata=named("ignored"),
    data={"a": value, "b": "c"},
    opts=ResourceOptions(provider=mutable, ignore_changes=["data.a"]),
)
k8s.core.v1.Secret("secret", metadata=named("secret"), string_data={"key": value}, opts=M)
k8s.core.v1.Secret("secret-replaced", metadata=named("s2"), string_data={"key": value}, opts=P)
k8s.core.v1.ServiceAccount(
    "account", metadata=named("account"), automount_service_account_token=second, opts=M
)
k8s.core.v1.ResourceQuota("quota", metadata=named("q"), spec={"hard": {"pods": value}}, opts=M)
k8s.core.v1.Service(
    "service",
    metadata=named("service", annotations={"example.net/ip": "192.0.2.1"}),
    spec={"type": "LoadBalancer", "selector": {"a": "b"}, "ports": [{"port": 80 + int(value)}]},
    opts=M,
)


def pods(name: str, image: str, **more: Any) -> dict[str, Any]:
    """A workload's selector and template."""
    match = {"app": name}
    containers = [{"name": "a", "image": image, "env": [{"name": "MTU", "value": value}]}]
    template = {"metadata": {"labels": match}, "spec": {"containers": containers, **more}}
    return {"selector": {"match_labels": match}, "template": template}


k8s.apps.v1.Deployment("selector", metadata=named("d1"), spec=pods(f"app-{value}", "i:1"), opts=M)
k8s.apps.v1.Deployment("image", metadata=named("d2"), spec=pods("app", f"i:{value}"), opts=M)
k8s.apps.v1.DaemonSet("daemon", metadata=named("d3"), spec=pods("d", "i:1", host_pid=False), opts=M)
k8s.networking.v1.NetworkPolicy(
    "policy",
    metadata=named("policy"),
    spec={
        "pod_selector": {},
        "policy_types": ["Ingress", "Egress"] if second else ["Egress"],
        "egress": [{"to": [{"ip_block": {"cidr": "192.0.2.0/24"}}]}] if second else [],
    },
    opts=M,
)
k8s.rbac.v1.ClusterRole(
    "role",
    metadata={"name": "role"},
    rules=[{"api_groups": [""], "resources": ["pods"], "verbs": ["get", "list"][: int(value)]}],
    opts=M,
)
k8s.rbac.v1.RoleBinding(
    "binding",
    metadata=named("binding"),
    role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": f"r{value}"},
    opts=M,
)
k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
    "admission",
    metadata={"name": "admission"},
    spec={"validations": [{"expression": "true", "message": value}]},
    opts=M,
)
definition = k8s.apiextensions.v1.CustomResourceDefinition(
    "definition",
    metadata={"name": "things.example.net"},
    spec={
        "group": "example.net",
        "names": {"kind": "Thing", "plural": "things"},
        "scope": "Cluster",
        "versions": [{"name": "v1", "served": True, "storage": True}],
    },
    opts=M,
)
thing = k8s.apiextensions.CustomResource(
    "thing",
    api_version="example.net/v1",
    kind="Thing",
    metadata={"name": "thing"},
    spec={"items": [1, 2, 3][: 1 + int(value)], "off": False},
    opts=ResourceOptions(provider=mutable, depends_on=[definition]),
)
k8s.apiextensions.CustomResource(
    "user",
    api_version="example.org/v1",
    kind="User",
    metadata={"name": "user"},
    spec={"of": thing.metadata["name"], "unknown": moved.id},
    opts=M,
)
