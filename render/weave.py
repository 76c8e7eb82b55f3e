"""The cluster's plan -> the objects that Weave Net consists of, written out and pinned."""

from config.cluster import Cluster, Requests, Weave
from plan.model import Plan
from render.manifest import (
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    CONFIG_MAP,
    DAEMON_SET,
    MANAGED_LABEL,
    MANAGER,
    ROLE,
    ROLE_BINDING,
    SECRET,
    SERVICE_ACCOUNT,
    WHY_ANNOTATION,
    Fields,
    Json,
    Kind,
    Manifest,
    Meta,
)
from render.monitoring import CONTROLLER_PORT, ROUTER_PORT, render_monitoring

NAME = "weave-net"
SYSTEM_NAMESPACE = "kube-system"
# The vendor's own installers use one name for the secret and its key.
PASSWORD_SECRET = "weave-passwd"  # noqa: S105 - the name of a secret, not its value
# The image tags of the maintained fork; `latest` would move under a running cluster.
ROUTER_IMAGE = "rajchaudhuri/weave-kube"
CONTROLLER_IMAGE = "rajchaudhuri/weave-npc"
# Both listen on every address by default, and there is no policy for a node's own ports. With
# monitoring they listen on the node's address in the cluster, which is not its public one.
_NOBODY, _MONITORS = "127.0.0.1", "$(NODE_ADDRESS)"
POD_RANGE_NAME = "la1r-pod-range"
POD_RANGE_WHY = "each node keeps the pod range in its own data: a new one needs work on every node"
STATUS_PORT = 6784

_LABELS = {"name": NAME}
_RBAC_GROUP = "rbac.authorization.k8s.io"
_READ = ["get", "list", "watch"]
# Volumes by name: what of the host each one is.
_HOST_PATHS = {
    "weavedb": "/var/lib/weave",
    "cni-bin": "/opt",
    "cni-bin2": "/home",
    "cni-conf": "/etc",
    "cni-machine-id": "/etc/machine-id",
    "dbus": "/var/lib/dbus",
    "lib-modules": "/lib/modules",
    "xtables-lock": "/run/xtables.lock",
}
_NODE_NAME: Fields = {
    "name": "HOSTNAME",
    "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nodeName"}},
}
_NODE_ADDRESS: Fields = {
    "name": "NODE_ADDRESS",
    "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.hostIP"}},
}
_PASSWORD: Fields = {
    "name": "WEAVE_PASSWORD",
    "valueFrom": {"secretKeyRef": {"name": PASSWORD_SECRET, "key": PASSWORD_SECRET}},
}


def render_weave(plan: Plan) -> tuple[Manifest, ...]:
    """Every object of Weave Net in the order in which they are needed; none without a cluster.

    The ConfigMap `weave-net` is not among them: the router makes it at run time, its UID is the
    identity of the installation, and losing it loses the peer list. The password of an encrypted
    network is no part of any manifest; its Secret comes without data.
    """
    cluster = plan.network.cluster
    if cluster is None or plan.cluster is None:
        return ()
    secret = (_password_secret(),) if cluster.weave.encryption else ()
    watched = render_monitoring(SYSTEM_NAMESPACE, _LABELS) if cluster.weave.monitoring else ()
    return (
        *secret,
        *_access(),
        _pod_range(cluster),
        *watched,
        _daemon_set(cluster, plan.cluster.pod_mtu),
    )


def _manifest(kind: Kind, content: Fields, *, namespaced: bool = True) -> Manifest:
    labels = {**_LABELS, MANAGED_LABEL: MANAGER}
    meta = Meta(NAME, SYSTEM_NAMESPACE if namespaced else None, labels)
    return Manifest(kind, meta, None, content)


def _password_secret() -> Manifest:
    meta = Meta(PASSWORD_SECRET, SYSTEM_NAMESPACE, {**_LABELS, MANAGED_LABEL: MANAGER})
    return Manifest(SECRET, meta, None, {"type": "Opaque"})


def _pod_range(cluster: Cluster) -> Manifest:
    """A note of the pod range that cannot be changed in place.

    The range itself stands in the DaemonSet, where a new one would be taken in place while every
    node goes on with the old one from its own data. This object is replaced with it, so a preview
    shows it, and a protected stack refuses it.
    """
    labels = {**_LABELS, MANAGED_LABEL: MANAGER}
    meta = Meta(POD_RANGE_NAME, SYSTEM_NAMESPACE, labels, {WHY_ANNOTATION: POD_RANGE_WHY})
    return Manifest(
        CONFIG_MAP, meta, None, {"data": {"pods": str(cluster.pods)}, "immutable": True}
    )


def _access() -> tuple[Manifest, ...]:
    return (
        _manifest(SERVICE_ACCOUNT, {}),
        _manifest(CLUSTER_ROLE, {"rules": _cluster_rules()}, namespaced=False),
        _manifest(CLUSTER_ROLE_BINDING, _binding("ClusterRole"), namespaced=False),
        _manifest(ROLE, {"rules": _namespace_rules()}),
        _manifest(ROLE_BINDING, _binding("Role")),
    )


def _cluster_rules() -> list[Json]:
    return [
        {"apiGroups": [""], "resources": ["pods", "namespaces", "nodes"], "verbs": _READ},
        {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"], "verbs": _READ},
        {"apiGroups": [""], "resources": ["nodes/status"], "verbs": ["patch", "update"]},
    ]


def _namespace_rules() -> list[Json]:
    return [
        {
            "apiGroups": [""],
            "resources": ["configmaps"],
            "resourceNames": [NAME],
            "verbs": ["get", "update"],
        },
        # A create request has no name yet, so it cannot be limited to one.
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create"]},
    ]


def _binding(role_kind: str) -> Fields:
    return {
        "roleRef": {"apiGroup": _RBAC_GROUP, "kind": role_kind, "name": NAME},
        "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": SYSTEM_NAMESPACE}],
    }


def _daemon_set(cluster: Cluster, pod_mtu: int) -> Manifest:
    return _manifest(
        DAEMON_SET,
        {
            "spec": {
                # A node's pods are cut off while its router restarts: one node after the other.
                "minReadySeconds": 5,
                "updateStrategy": {"type": "RollingUpdate"},
                "selector": {"matchLabels": _LABELS},
                "template": {"metadata": {"labels": _LABELS}, "spec": _pod(cluster, pod_mtu)},
            }
        },
    )


def _pod(cluster: Cluster, pod_mtu: int) -> Fields:
    return {
        "hostNetwork": True,
        "hostPID": False,
        "dnsPolicy": "ClusterFirstWithHostNet",
        "restartPolicy": "Always",
        "priorityClassName": "system-node-critical",
        "serviceAccountName": NAME,
        "securityContext": {"seLinuxOptions": {}},
        # Nodes are not ready until this runs, so it must be allowed on such nodes.
        "tolerations": [
            {"effect": "NoSchedule", "operator": "Exists"},
            {"effect": "NoExecute", "operator": "Exists"},
        ],
        "initContainers": [_init_container(cluster.weave)],
        "containers": [_router_container(cluster, pod_mtu), _controller_container(cluster.weave)],
        "volumes": [_volume(name, path) for name, path in _HOST_PATHS.items()],
    }


def _volume(name: str, path: str) -> Fields:
    # The lock is a file that the first program to need it makes.
    kind = {"type": "FileOrCreate"} if name == "xtables-lock" else {}
    return {"name": name, "hostPath": {"path": path, **kind}}


def _init_container(weave: Weave) -> Fields:
    mounts = {
        "cni-bin": "/host/opt",
        "cni-bin2": "/host/home",
        "cni-conf": "/host/etc",
        "lib-modules": "/lib/modules",
        "xtables-lock": "/run/xtables.lock",
    }
    return {
        **_container("weave-init", f"{ROUTER_IMAGE}:{weave.version}", mounts),
        "command": ["/home/weave/init.sh"],
        "env": [_env("EXPECT_NPC", "1")],
    }


def _router_container(cluster: Cluster, pod_mtu: int) -> Fields:
    mounts = {
        "weavedb": "/weavedb",
        "dbus": "/host/var/lib/dbus",
        "cni-machine-id": "/host/etc/machine-id",
        "xtables-lock": "/run/xtables.lock",
    }
    return {
        **_container("weave", f"{ROUTER_IMAGE}:{cluster.weave.version}", mounts),
        "command": ["/home/weave/launch.sh"],
        "env": _router_env(cluster, pod_mtu),
        "resources": _resources(cluster.weave.requests),
        "readinessProbe": {
            "httpGet": {"host": "127.0.0.1", "path": "/status", "port": STATUS_PORT}
        },
    }


def _controller_container(weave: Weave) -> Fields:
    arguments = (
        f"--log-level={weave.log_level}",
        f"--metrics-addr={_listener(weave)}:{CONTROLLER_PORT}",
        f"--allow-mcast={str(weave.allow_multicast).lower()}",
    )
    return {
        **_container(
            "weave-npc",
            f"{CONTROLLER_IMAGE}:{weave.version}",
            {"xtables-lock": "/run/xtables.lock"},
        ),
        "env": [
            _NODE_NAME,
            *_node_address(weave),
            _env("IPTABLES_BACKEND", weave.iptables_backend),
            _env("EXTRA_ARGS", " ".join(arguments)),
        ],
        "resources": _resources(weave.requests),
    }


def _resources(requests: Requests) -> Fields:
    # No limits: a router that is slowed down or killed cuts off every pod of its node.
    return {"requests": requests.model_dump(exclude_none=True)}


def _container(name: str, image: str, mounts: dict[str, str]) -> dict[str, Json]:
    return {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "securityContext": {"privileged": True},
        "volumeMounts": [_mount(volume, path) for volume, path in mounts.items()],
    }


def _mount(volume: str, path: str) -> Fields:
    # Only these two are looked at and never written.
    read_only = volume in ("dbus", "cni-machine-id")
    return {"name": volume, "mountPath": path, "readOnly": read_only}


def _router_env(cluster: Cluster, pod_mtu: int) -> list[Json]:
    weave = cluster.weave
    trusted = ",".join(str(subnet) for subnet in sorted(weave.trusted_subnets))
    # Towards trusted subnets the router does not encrypt, so without encryption there is no trust.
    trust = f" --trusted-subnets={trusted}" if weave.encryption and trusted else ""
    return [
        _env("INIT_CONTAINER", "true"),
        _NODE_NAME,
        # Without it the router reports to a vendor that has closed.
        _env("CHECKPOINT_DISABLE", "1"),
        _env("IPALLOC_RANGE", str(cluster.pods)),
        _env("WEAVE_MTU", str(pod_mtu)),
        _env("CONN_LIMIT", str(weave.connection_limit)),
        _env("EXPECT_NPC", "1"),
        _env("IPTABLES_BACKEND", weave.iptables_backend),
        *_node_address(weave),
        _env("WEAVE_METRICS_ADDR", f"{_listener(weave)}:{ROUTER_PORT}"),
        _env("EXTRA_ARGS", f"--log-level={weave.log_level}{trust}"),
        *([_PASSWORD] if weave.encryption else []),
    ]


def _listener(weave: Weave) -> str:
    return _MONITORS if weave.monitoring else _NOBODY


def _node_address(weave: Weave) -> list[Json]:
    # Kubernetes fills it in where it is named, in what follows it.
    return [_NODE_ADDRESS] if weave.monitoring else []


def _env(name: str, value: str) -> Fields:
    return {"name": name, "value": value}
