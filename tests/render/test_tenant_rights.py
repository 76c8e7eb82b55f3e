"""What the owner of a tenant can do on a real API server, and what it refuses, one row each."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from engine.cluster.access import Access
from engine.cluster.objects import Manager
from lab.apiserver.calls import Caller, CallError
from lab.apiserver.server import ApiServer
from render.kubernetes import render_manifests
from render.manifest import Manifest
from tests.cluster_under_test import take_away
from tests.render.requests_to_a_cluster import (
    CONTAINER,
    NETWORK,
    RBAC,
    balanced,
    expect_enforced,
    ingress,
    place,
    pod,
    service,
    thing,
)
from tests.render.small_network import plan_by_hand

pytestmark = pytest.mark.slow

# Owns cloud and media, of the tenant family; paul is another tenant's.
OWNER = "mum@example.net"
GUEST = "system:serviceaccount:paul:tenant-owner"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def tenants(api_server: ApiServer) -> Iterator[ApiServer]:
    """The API server with both tenants of the small network in it."""
    objects = Access(api_server.kubeconfig()).objects()
    manifests = [each for each in render_manifests(plan_by_hand()) if each.tenant]
    for manifest in manifests:
        objects.apply(body(manifest), Manager("la1r"))
    expect_enforced(api_server.caller)
    yield api_server
    take_away(objects, [body(manifest) for manifest in reversed(manifests)])


def body(manifest: Manifest) -> Json:
    found: Json = json.loads(json.dumps(manifest.body))
    return found


@pytest.fixture(scope="module")
def owner(tenants: ApiServer) -> Caller:
    return tenants.caller_for(OWNER)


@pytest.fixture(scope="module")
def guest(tenants: ApiServer) -> Caller:
    return tenants.caller_for(GUEST, ["system:serviceaccounts", "system:serviceaccounts:paul"])


DEPLOYMENT = thing(
    "Deployment",
    "apps",
    spec={
        "selector": {"matchLabels": {"app": "it"}},
        "template": {"metadata": {"labels": {"app": "it"}}, "spec": {"containers": [CONTAINER]}},
    },
)
ALLOWED = [
    ("a pod", place("cloud", "pods"), pod()),
    ("a pod in the second namespace", place("media", "pods"), pod()),
    ("a deployment", place("cloud", "deployments", "apps"), DEPLOYMENT),
    ("a secret", place("cloud", "secrets"), thing("Secret", stringData={"a": "b"})),
    ("configuration", place("cloud", "configmaps"), thing("ConfigMap", data={"a": "b"})),
    ("a service inside", place("cloud", "services"), service()),
    ("its own address", place("cloud", "services"), balanced("192.168.6.18")),
    (
        "its own host",
        place("cloud", "ingresses", "networking.k8s.io"),
        ingress("cloud.example.net"),
    ),
]


@pytest.mark.parametrize(("path", "what"), [pytest.param(*row[1:], id=row[0]) for row in ALLOWED])
def test_an_owner_can_work_in_its_own_namespaces(owner: Caller, path: str, what: Json) -> None:
    assert owner.create(path, what)["metadata"]["name"] == "it"


CANNOT, SECURITY = "cannot create", "violates PodSecurity"
OWN = "the load-balancer addresses of tenant family are 192.168.6.16/28"
POLICY = thing("NetworkPolicy", "networking.k8s.io", spec={"podSelector": {}})
ROLE = thing("Role", "rbac.authorization.k8s.io", rules=[])
REFUSED = [
    ("a pod of others", place("paul", "pods"), pod(), CANNOT),
    ("a pod in kube-system", place("kube-system", "pods"), pod(), CANNOT),
    ("a policy", place("cloud", "networkpolicies", NETWORK), POLICY, CANNOT),
    ("a quota", place("cloud", "resourcequotas"), thing("ResourceQuota", spec={}), CANNOT),
    ("limits", place("cloud", "limitranges"), thing("LimitRange", spec={"limits": []}), CANNOT),
    ("a role", place("cloud", "roles", RBAC), ROLE, CANNOT),
    ("endpoints", place("cloud", "endpoints"), thing("Endpoints"), CANNOT),
    ("the node's network", place("cloud", "pods"), pod(hostNetwork=True), SECURITY),
    (
        "a privileged pod",
        place("cloud", "pods"),
        pod(containers=[{**CONTAINER, "securityContext": {"privileged": True}}]),
        SECURITY,
    ),
    (
        "the node's files",
        place("cloud", "pods"),
        pod(volumes=[{"name": "etc", "hostPath": {"path": "/etc"}}]),
        SECURITY,
    ),
    ("a node port", place("cloud", "services"), service(type="NodePort"), "opens a port on every"),
    (
        "an external address",
        place("cloud", "services"),
        service(externalIPs=["192.168.6.1"]),
        "externalIPs would catch the traffic of others",
    ),
    ("an address of others", place("cloud", "services"), balanced("192.168.6.40"), OWN),
    ("two addresses", place("cloud", "services"), balanced("192.168.6.18,192.168.6.40"), OWN),
    (
        "the old field",
        place("cloud", "services"),
        balanced("192.168.6.18", loadBalancerIP="192.168.6.40"),
        OWN,
    ),
    (
        "clients that look like nodes",
        place("cloud", "services"),
        balanced("192.168.6.18", externalTrafficPolicy="Cluster"),
        "externalTrafficPolicy: Local",
    ),
    (
        "a host of others",
        place("cloud", "ingresses", NETWORK),
        ingress("paul.example.net"),
        "the host names here are cloud.example.net",
    ),
    ("any host", place("cloud", "ingresses", NETWORK), ingress(None), "the host names here are"),
    (
        "a certificate of others",
        place("cloud", "ingresses", NETWORK),
        ingress("cloud.example.net", tls=[{"hosts": ["paul.example.net"]}]),
        "the host names here are",
    ),
]


@pytest.mark.parametrize(
    ("path", "what", "said"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED]
)
def test_an_owner_cannot_leave_its_border(owner: Caller, path: str, what: Json, said: str) -> None:
    with pytest.raises(CallError) as refused:
        owner.create(path, what)

    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("path", "change"),
    [
        pytest.param("/api/v1/namespaces/cloud", {"metadata": {"labels": {"a": "b"}}}, id="labels"),
        pytest.param(
            "/api/v1/namespaces/cloud/resourcequotas/tenant",
            {"spec": {"hard": {"pods": "999"}}},
            id="its quota",
        ),
        pytest.param(
            "/apis/networking.k8s.io/v1/namespaces/cloud/networkpolicies/deny-all",
            {"spec": {"policyTypes": ["Ingress"]}},
            id="a policy",
        ),
        pytest.param(
            f"/apis/{RBAC}/v1/namespaces/cloud/roles/tenant", {"rules": []}, id="its role"
        ),
        pytest.param(
            "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/la1r-family-services",
            {"spec": {"failurePolicy": "Ignore"}},
            id="an admission policy",
        ),
        pytest.param(
            "/apis/metallb.io/v1beta1/namespaces/metallb-system/ipaddresspools/la1r-family",
            {"spec": {"autoAssign": True}},
            id="its pool",
        ),
    ],
)
def test_an_owner_changes_and_removes_none_of_its_limits(
    owner: Caller, path: str, change: Json
) -> None:
    with pytest.raises(CallError, match="cannot patch"):
        owner.patch(path, change)
    with pytest.raises(CallError, match="cannot delete"):
        owner.delete(path)


READING = [("its policies", "networkpolicies", NETWORK), ("its quota", "resourcequotas", "")]


@pytest.mark.parametrize(("plural", "group"), [row[1:] for row in READING])
def test_an_owner_can_read_what_limits_it(owner: Caller, plural: str, group: str) -> None:
    assert owner.get(place("cloud", plural, group).partition("?")[0])["items"]


@pytest.mark.parametrize("verb", ["get", "list", "create", "delete"])
@pytest.mark.parametrize("namespace", ["paul", "kube-system", "default", "metallb-system"])
def test_an_owner_is_told_no_about_namespaces_of_others(
    owner: Caller, namespace: str, verb: str
) -> None:
    asked = {"namespace": namespace, "verb": verb, "resource": "secrets"}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": asked},
    }

    answer = owner.create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)

    assert answer["status"]["allowed"] is False


def test_a_guest_works_in_its_namespace_and_not_in_that_of_others(guest: Caller) -> None:
    assert guest.create(place("paul", "pods"), pod())["metadata"]["name"] == "it"
    with pytest.raises(CallError, match="cannot create"):
        guest.create(place("cloud", "pods"), pod())


def test_a_guest_cannot_run_what_could_forge_its_sender(guest: Caller) -> None:
    loose = {**CONTAINER, "securityContext": {"runAsNonRoot": True}}

    with pytest.raises(CallError, match=SECURITY):
        guest.create(place("paul", "pods"), pod(containers=[loose]))


def test_a_guest_cannot_leave_the_nodes_it_is_bound_to(guest: Caller) -> None:
    bound = guest.create(place("paul", "pods"), pod())

    assert bound["spec"]["nodeSelector"] == {"kubernetes.io/arch": "arm64"}
    with pytest.raises(CallError, match="node label selector conflict"):
        guest.create(place("paul", "pods"), pod(nodeSelector={"kubernetes.io/arch": "amd64"}))


def test_no_quota_is_exceeded(owner: Caller) -> None:
    greedy = {**CONTAINER, "resources": {"limits": {"cpu": "400"}}}

    with pytest.raises(CallError, match="exceeded quota: tenant"):
        owner.create(place("cloud", "pods"), pod(containers=[greedy]))
