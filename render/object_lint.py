"""Cluster objects other than policies -> the forms in them that would undo a tenant's limits."""

import re
from collections.abc import Callable, Iterator

from render.manifest import (
    CLUSTER_ROLE_BINDING,
    DAEMON_SET,
    LIMIT_RANGE,
    NAMESPACE,
    NETWORK_POLICY,
    RESOURCE_QUOTA,
    ROLE,
    ROLE_BINDING,
    SECRET,
    SERVICE,
    TENANT_LABEL,
    Fields,
    Kind,
    Manifest,
    as_fields,
    as_items,
    as_texts,
)
from terms.problem import Problem

# What a tenant could lift its own limits with, or point a Service at other tenants' pods.
_NEVER_WRITTEN = frozenset(
    {
        "*",
        "endpoints",
        "endpointslices",
        "limitranges",
        "namespaces",
        "networkpolicies",
        "resourcequotas",
        "rolebindings",
        "roles",
    }
)
_READING = frozenset({"get", "list", "watch"})
# Each can write policies or quotas.
_BUILT_IN_ROLES = frozenset({"admin", "cluster-admin", "edit"})
# From this release on the controller's start script cannot go back to legacy iptables.
_NFT_ONLY = (2, 9, 0)
_PINNED_IMAGE = re.compile(r".+:\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$").fullmatch
# RFC 1035 section 2.3.1: unlike other objects, a Service's name starts with a letter.
_SERVICE_NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?").fullmatch

Words = tuple[str, str, str, str]
Rule = Callable[[Manifest], Iterator[Words]]


def lint_objects(manifests: tuple[Manifest, ...], system: frozenset[str]) -> Iterator[Problem]:
    """Problems of single objects by their kind, and of namespaces with what belongs in them."""
    for manifest in manifests:
        for judge in _RULES.get(manifest.type, ()):
            for code, found, consequence, fix in judge(manifest):
                yield Problem(code, manifest.path, found, consequence, fix)
    yield from _lint_namespaces(manifests, system)


def _judge_role(role: Manifest) -> Iterator[Words]:
    if role.tenant is None:
        return
    for rule in (as_fields(item) for item in as_items(role.at("rules"))):
        resources = {text.partition("/")[0] for text in as_texts(rule.get("resources"))}
        written = sorted(resources & _NEVER_WRITTEN)
        if written and not set(as_texts(rule.get("verbs"))) <= _READING:
            yield (
                "E-K8S-01",
                f"the tenant may write {', '.join(written)}",
                "permissions only add up, so it can lift its own limits",
                "grant get, list and watch there, and nothing else",
            )


def _judge_role_binding(binding: Manifest) -> Iterator[Words]:
    role = as_fields(binding.at("roleRef"))
    if binding.tenant is not None and role.get("name") in _BUILT_IN_ROLES:
        yield (
            "E-K8S-02",
            f"the tenant is bound to the built-in role {role['name']}",
            "that role can write network policies and quotas",
            "bind it to the role that is made for tenants",
        )


def _judge_cluster_role_binding(binding: Manifest) -> Iterator[Words]:
    if binding.tenant is not None:
        yield (
            "E-K8S-03",
            "a tenant is bound to a role in the whole cluster",
            "it reaches the namespaces of all others",
            "bind it in each of its namespaces",
        )


def _judge_service(service: Manifest) -> Iterator[Words]:
    spec = as_fields(service.at("spec"))
    if spec.get("clusterIP") == "None":
        # A list of pods, with no address that anybody could come in by.
        yield from _judge_service_ports(spec)
        return
    if spec.get("allocateLoadBalancerNodePorts") is not False or spec.get("type") == "NodePort":
        yield (
            "E-K8S-04",
            "the service opens node ports",
            "everyone who reaches a node reaches it, past every policy",
            "set type LoadBalancer and allocateLoadBalancerNodePorts false",
        )
    if spec.get("externalTrafficPolicy") != "Local":
        yield (
            "E-K8S-05",
            "clients arrive with the address of a node",
            "policies cannot tell them apart",
            "set externalTrafficPolicy to Local",
        )
    if spec.get("externalIPs"):
        yield (
            "E-K8S-06",
            "the service has externalIPs",
            "it catches traffic to addresses of others (CVE-2020-8554)",
            "take an address of the tenant's pool",
        )
    if not _SERVICE_NAME(service.name):
        yield (
            "E-K8S-07",
            f"the service is called '{service.name}'",
            "the API server refuses a service whose name does not start with a letter",
            "put a letter in front",
        )
    yield from _judge_service_ports(spec)


def _judge_service_ports(spec: Fields) -> Iterator[Words]:
    for port in (as_fields(item) for item in as_items(spec.get("ports"))):
        if port.get("protocol") not in ("TCP", "UDP") or isinstance(port.get("targetPort"), str):
            yield (
                "E-K8S-08",
                f"port {port.get('name')} is {port.get('protocol')} to {port.get('targetPort')}",
                "policies in Weave Net know TCP and UDP ports by number",
                "name a number and tcp or udp",
            )


def _judge_secret(secret: Manifest) -> Iterator[Words]:
    if secret.at("data") or secret.at("stringData"):
        yield (
            "E-K8S-09",
            "the manifest holds the secret's value",
            "it is shown in previews and written into views",
            "leave it to the component, which passes it as a secret",
        )


def _judge_daemon_set(daemon: Manifest) -> Iterator[Words]:
    pod = ("spec", "template", "spec")
    containers = [
        as_fields(item)
        for group in ("initContainers", "containers")
        for item in as_items(daemon.at(*pod, group))
    ]
    for container in containers:
        yield from _judge_image(container)
    yield from _judge_backends([_read_env(as_fields(container)) for container in containers])
    if any("value" in _variable(container, "WEAVE_PASSWORD") for container in containers):
        yield (
            "E-K8S-10",
            "the password stands in the manifest",
            "everyone who may read the DaemonSet can read it",
            "refer to a Secret",
        )


def _judge_image(container: Fields) -> Iterator[Words]:
    image = str(container.get("image"))
    if not _PINNED_IMAGE(image) or container.get("imagePullPolicy") != "IfNotPresent":
        yield (
            "E-K8S-11",
            f"{container.get('name')} runs {image}, pulled {container.get('imagePullPolicy')}",
            "nodes that start at different times run different releases",
            "name a release, and pull it if it is not present",
        )


def _judge_backends(environments: list[dict[str, str]]) -> Iterator[Words]:
    """The router and the policy controller, not the container that only copies files."""
    running = [found for found in environments if "HOSTNAME" in found]
    backends = {found.get("IPTABLES_BACKEND", "") for found in running}
    if len(backends) != 1 or "" in backends:
        yield (
            "E-K8S-12",
            f"the iptables back ends are {', '.join(sorted(backends))}",
            "router and controller write into different tables: traffic is dropped or unfiltered",
            "set IPTABLES_BACKEND alike in both",
        )
    if backends == {"legacy"} and any(_release(found) >= _NFT_ONLY for found in running):
        yield (
            "E-K8S-13",
            "the legacy back end with a release from 2.9.0 on",
            "the controller stays with nft, the router does not",
            "use 2.8.10 on such nodes, or move them to nft",
        )


def _release(environment: dict[str, str]) -> tuple[int, ...]:
    numbers = re.findall(r"\d+", environment[""].rpartition(":")[2])
    return tuple(int(number) for number in numbers[:3])


def _read_env(container: Fields) -> dict[str, str]:
    """The container's environment by name; under the empty name its image."""
    entries = [as_fields(entry) for entry in as_items(container.get("env"))]
    found = {str(entry.get("name")): str(entry.get("value", "")) for entry in entries}
    return {**found, "": str(container.get("image"))}


def _variable(container: Fields, name: str) -> Fields:
    entries = (as_fields(entry) for entry in as_items(container.get("env")))
    return next((entry for entry in entries if entry.get("name") == name), {})


def _lint_namespaces(manifests: tuple[Manifest, ...], system: frozenset[str]) -> Iterator[Problem]:
    owned = [manifest for manifest in manifests if manifest.type == NAMESPACE]
    for namespace in owned:
        kinds = {found.type for found in manifests if found.namespace == namespace.name}
        for code, found, consequence, fix in _judge_namespace(namespace, kinds, system):
            yield Problem(code, namespace.path, found, consequence, fix)
    names = {namespace.name for namespace in owned}
    for policy in manifests:
        if policy.type == NETWORK_POLICY and policy.namespace not in names:
            yield Problem(
                "E-K8S-17",
                policy.path,
                f"a policy in namespace {policy.namespace}, which is not a tenant's",
                "it isolates pods that somebody else is responsible for",
                "write policies for the namespaces of tenants alone",
            )


def _judge_namespace(
    namespace: Manifest, kinds: set[Kind], system: frozenset[str]
) -> Iterator[Words]:
    labels = as_fields(namespace.at("metadata", "labels"))
    if namespace.name in system:
        yield (
            "E-K8S-14",
            f"namespace {namespace.name} is the system's",
            "owning it would limit it, and destroy would delete it",
            "leave it out of the tenant's namespaces",
        )
    needed = (TENANT_LABEL, "pod-security.kubernetes.io/enforce")
    if missing := [key for key in needed if not labels.get(key)]:
        yield (
            "E-K8S-15",
            f"namespace {namespace.name} has no label {', '.join(missing)}",
            "policies cannot tell whose it is, or its pods may share a node's network",
            "write both labels",
        )
    if missing_kinds := {RESOURCE_QUOTA, LIMIT_RANGE, NETWORK_POLICY} - kinds:
        names = ", ".join(sorted(kind.name for kind in missing_kinds))
        yield (
            "E-K8S-16",
            f"namespace {namespace.name} has no {names}",
            "it is not limited, open to everyone, or its pods cannot start under a quota",
            "give it one of each",
        )


_RULES: dict[Kind, tuple[Rule, ...]] = {
    ROLE: (_judge_role,),
    ROLE_BINDING: (_judge_role_binding,),
    CLUSTER_ROLE_BINDING: (_judge_cluster_role_binding,),
    SERVICE: (_judge_service,),
    SECRET: (_judge_secret,),
    DAEMON_SET: (_judge_daemon_set,),
}
