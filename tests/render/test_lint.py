"""Every form of an object that must not be: refused by its code, and its sound form accepted."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from config.cluster import Cluster
from render.kubernetes import lint_manifests, render_manifests
from render.manifest import CLUSTER_ROLE_BINDING, Manifest
from tests.render.small_network import DESCRIPTION, plan_by_hand

CLUSTER = Cluster.model_validate(DESCRIPTION["cluster"])
ENCRYPTED = {**CLUSTER.model_dump(mode="json"), "weave": {"encryption": True}}
SOUND = render_manifests(plan_by_hand(cluster=ENCRYPTED))

Change = Callable[[dict[str, Any]], object]

PEER = "namespaceSelector"
TENANT = {"matchLabels": {"la1r.com/tenant": "family"}}
SPACE = {"matchLabels": {"kubernetes.io/metadata.name": "media"}}


def changed(path: str, change: Change) -> tuple[Manifest, ...]:
    """All sound objects, with the one at this path changed."""
    assert path in {manifest.path for manifest in SOUND}
    return tuple(
        rewritten(manifest, change) if manifest.path == path else manifest for manifest in SOUND
    )


def rewritten(manifest: Manifest, change: Change) -> Manifest:
    """A copy; the name, namespace, labels and annotations follow what the change wrote."""
    body = json.loads(json.dumps(manifest.body))
    change(body)
    meta = replace(manifest.meta, **body.pop("metadata"))
    content = {key: body[key] for key in body if key not in ("apiVersion", "kind")}
    return replace(manifest, meta=meta, content=content)


def peer(*peers: dict[str, Any]) -> Change:
    """Write other peers into the one rule towards pods."""
    return lambda body: body["spec"]["ingress"][0].update({"from": list(peers)})


def port(**fields: object) -> Change:
    """Write one other port."""
    return lambda body: body["spec"]["ingress"][0].update({"ports": [fields]})


def spec(**fields: object) -> Change:
    """Write other fields into the object's spec."""
    return lambda body: body["spec"].update(fields)


def without(*keys: str) -> Change:
    """Take fields out of the object's spec."""
    return lambda body: [body["spec"].pop(key) for key in keys]


def block(cidr: str, *cuts: str) -> Change:
    """Write one block of addresses as the peer."""
    return peer({"ipBlock": {"cidr": cidr, "except": list(cuts)}})


FLOW = "kubernetes/NetworkPolicy/cloud/flow-web"
DENY = "kubernetes/NetworkPolicy/cloud/deny-all"
DNS = "kubernetes/NetworkPolicy/cloud/allow-dns"


@pytest.mark.parametrize(
    ("code", "path", "change"),
    [
        pytest.param("E-NPC-01", FLOW, spec(policyTypes=["Ingress"]), id="one policy type"),
        pytest.param("E-NPC-01", FLOW, without("policyTypes"), id="no policy types"),
        pytest.param("E-NPC-02", FLOW, spec(ingress=[{}]), id="a rule for everyone"),
        pytest.param("E-NPC-02", FLOW, spec(egress=[{"to": []}]), id="no peers"),
        pytest.param("E-NPC-03", FLOW, port(protocol="TCP", port="https"), id="a named port"),
        pytest.param("E-NPC-04", FLOW, port(protocol="TCP", port=80, endPort=82), id="endPort"),
        pytest.param("E-NPC-05", FLOW, port(protocol="SCTP", port=80), id="SCTP"),
        pytest.param("E-NPC-05", FLOW, port(port=80), id="no protocol"),
        pytest.param("E-NPC-06", FLOW, peer({"podSelector": {}}), id="pods alone"),
        pytest.param("E-NPC-07", FLOW, peer({PEER: {}}), id="every namespace"),
        pytest.param(
            "E-NPC-08", FLOW, peer({PEER: {"matchLabels": {"team": "a"}}}), id="a foreign label"
        ),
        pytest.param(
            "E-NPC-08",
            FLOW,
            peer({PEER: {**SPACE, "matchExpressions": [{"key": "a", "operator": "Exists"}]}}),
            id="an expression",
        ),
        pytest.param(
            "E-NPC-09", FLOW, peer({PEER: SPACE, "podSelector": {}}), id="an empty podSelector"
        ),
        pytest.param(
            "E-NPC-10",
            FLOW,
            peer({PEER: TENANT, "podSelector": {"matchLabels": {"app": "web"}}}),
            id="a tenant's label with pods",
        ),
        pytest.param("E-NPC-11", FLOW, block("2001:db8::/32"), id="IPv6"),
        pytest.param("E-NPC-12", FLOW, block("192.168.10.0/24", "192.168.11.0/25"), id="outside"),
        pytest.param("E-NPC-12", FLOW, block("192.168.10.0/24", "192.168.10.0/24"), id="the whole"),
        pytest.param("E-NPC-12", FLOW, block("0.0.0.0/0", "0.0.0.0/0"), id="nothing left"),
        pytest.param("E-NPC-13", FLOW, block("10.244.3.0/24"), id="addresses of pods"),
        pytest.param("E-NPC-13", FLOW, block("10.96.0.10/32"), id="the address of a service"),
        pytest.param("E-NPC-13", FLOW, block("0.0.0.0/0", "10.244.0.0/16"), id="not all cut out"),
        pytest.param("E-NPC-14", DENY, spec(egress=[{"to": [{PEER: TENANT}]}]), id="not closed"),
        pytest.param("E-NPC-15", DNS, spec(egress=[]), id="no names"),
        pytest.param(
            "E-NPC-15", DNS, spec(podSelector={"matchLabels": {"app": "a"}}), id="names for some"
        ),
    ],
)
def test_a_policy_that_weave_net_would_not_hold_is_refused(
    code: str, path: str, change: Change
) -> None:
    found = lint_manifests(changed(path, change), CLUSTER)

    assert {problem.code for problem in found} == {code}


def rules(*rows: tuple[str, str]) -> Change:
    """Write other rules into a role: resource and verb."""
    return lambda body: body.update(
        rules=[{"apiGroups": ["*"], "resources": [name], "verbs": [verb]} for name, verb in rows]
    )


def container(number: int, **fields: object) -> Change:
    """Write other fields into one of the containers."""
    return lambda body: body["spec"]["template"]["spec"]["containers"][number].update(fields)


def variable(name: str, value: str, *numbers: int) -> Change:
    """Write another value of an environment variable into some containers."""

    def change(body: dict[str, Any]) -> None:
        containers = body["spec"]["template"]["spec"]["containers"]
        for number in numbers:
            kept = [each for each in containers[number]["env"] if each["name"] != name]
            containers[number]["env"] = [*kept, {"name": name, "value": value}]

    return change


def label(name: str) -> Change:
    """Take a label off the object."""
    return lambda body: body["metadata"]["labels"].pop(name)


def named(name: str) -> Change:
    """Give the object another name."""
    return lambda body: body["metadata"].update(name=name)


ROLE = "kubernetes/Role/cloud/tenant"
BINDING = "kubernetes/RoleBinding/cloud/tenant"
SERVICE = "kubernetes/Service/cloud/web"
DAEMON = "kubernetes/DaemonSet/kube-system/weave-net"
SECRET = "kubernetes/Secret/kube-system/weave-passwd"  # noqa: S105 - a path and no password
SPACE_PATH = "kubernetes/Namespace/cloud"
UDP = {"name": "a", "protocol": "SCTP", "port": 1, "targetPort": 1}


@pytest.mark.parametrize(
    ("code", "path", "change"),
    [
        pytest.param("E-K8S-01", ROLE, rules(("networkpolicies", "patch")), id="own policies"),
        pytest.param("E-K8S-01", ROLE, rules(("namespaces/finalize", "update")), id="namespaces"),
        pytest.param("E-K8S-01", ROLE, rules(("*", "*")), id="everything"),
        pytest.param("E-K8S-01", ROLE, rules(("endpointslices", "create")), id="others' pods"),
        pytest.param(
            "E-K8S-02",
            BINDING,
            lambda body: body["roleRef"].update(kind="ClusterRole", name="edit"),
            id="a built-in role",
        ),
        pytest.param("E-K8S-04", SERVICE, spec(type="NodePort"), id="a NodePort"),
        pytest.param(
            "E-K8S-04", SERVICE, without("allocateLoadBalancerNodePorts"), id="allocated ports"
        ),
        pytest.param(
            "E-K8S-05", SERVICE, spec(externalTrafficPolicy="Cluster"), id="hidden clients"
        ),
        pytest.param("E-K8S-06", SERVICE, spec(externalIPs=["192.0.2.1"]), id="externalIPs"),
        pytest.param("E-K8S-07", SERVICE, named("50web"), id="a service with a digit in front"),
        pytest.param("E-K8S-08", SERVICE, spec(ports=[UDP]), id="a service on SCTP"),
        pytest.param(
            "E-K8S-08",
            SERVICE,
            spec(ports=[{**UDP, "protocol": "TCP", "targetPort": "web"}]),
            id="a named target",
        ),
        pytest.param(
            "E-K8S-09", SECRET, lambda body: body.update(stringData={"a": "b"}), id="a clear secret"
        ),
        pytest.param(
            "E-K8S-10", DAEMON, variable("WEAVE_PASSWORD", "hunter2", 0), id="a clear password"
        ),
        pytest.param(
            "E-K8S-11", DAEMON, container(0, image="example/weave:latest"), id="an image that moves"
        ),
        pytest.param(
            "E-K8S-11", DAEMON, container(1, imagePullPolicy="Always"), id="an image pulled anew"
        ),
        pytest.param(
            "E-K8S-12", DAEMON, variable("IPTABLES_BACKEND", "legacy", 1), id="two back ends"
        ),
        pytest.param(
            "E-K8S-13", DAEMON, variable("IPTABLES_BACKEND", "legacy", 0, 1), id="legacy with 2.9.0"
        ),
        pytest.param("E-K8S-15", SPACE_PATH, label("la1r.com/tenant"), id="nobody's namespace"),
        pytest.param(
            "E-K8S-15",
            SPACE_PATH,
            label("pod-security.kubernetes.io/enforce"),
            id="no Pod Security level",
        ),
    ],
)
def test_an_object_that_would_undo_the_limits_is_refused(
    code: str, path: str, change: Change
) -> None:
    found = lint_manifests(changed(path, change), CLUSTER)

    assert {problem.code for problem in found} == {code}


def test_what_is_sound_is_accepted() -> None:
    assert not lint_manifests(SOUND, CLUSTER)


def test_legacy_iptables_is_accepted_with_the_release_that_has_it() -> None:
    cluster = {**ENCRYPTED, "weave": {"iptables_backend": "legacy", "version": "2.8.10"}}

    assert not lint_manifests(render_manifests(plan_by_hand(cluster=cluster)))


def test_a_tenant_is_never_bound_in_the_whole_cluster() -> None:
    binding = next(found for found in SOUND if found.path == BINDING)
    wide = replace(binding, type=CLUSTER_ROLE_BINDING)

    assert [found.code for found in lint_manifests((wide,))] == ["E-K8S-03"]


def test_a_namespace_of_the_system_is_never_owned() -> None:
    system = CLUSTER.model_copy(update={"system": ("kube-system", "media")})

    assert [found.code for found in lint_manifests(SOUND, system)] == ["E-K8S-14"]


@pytest.mark.parametrize("kind", ["ResourceQuota", "LimitRange"])
def test_a_namespace_without_limits_is_refused(kind: str) -> None:
    left = tuple(found for found in SOUND if found.path != f"kubernetes/{kind}/cloud/tenant")

    assert [found.code for found in lint_manifests(left, CLUSTER)] == ["E-K8S-16"]


def test_a_policy_in_a_namespace_of_nobody_is_refused() -> None:
    left = tuple(found for found in SOUND if found.path != "kubernetes/Namespace/paul")

    assert {found.code for found in lint_manifests(left, CLUSTER)} == {"E-K8S-17"}


def test_problems_come_in_the_order_of_their_paths() -> None:
    broken = tuple(
        rewritten(found, spec(policyTypes=[])) if found.kind == "NetworkPolicy" else found
        for found in reversed(SOUND)
    )
    paths = [problem.path for problem in lint_manifests(broken, CLUSTER)]

    assert len(paths) > 2
    assert paths == sorted(paths)
