"""Facts about Kubernetes kinds: which live outside namespaces, which fields cannot be changed.

The lists follow what the Kubernetes provider acts upon, which is not always what the API does: a
kind it does not list is taken for a namespaced one as long as no API server can be asked.
"""

from __future__ import annotations

from engine.paths import Path, parse_path

KNOWN_GROUPS = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "auditregistration.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "extensions",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "settings.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    }
)
"""API groups that are part of Kubernetes; any other comes from a CustomResourceDefinition."""

CLUSTER_KINDS = frozenset(
    {
        "APIService",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "FlowSchema",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PodSecurityPolicy",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "RuntimeClass",
        "StorageClass",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
    }
)

_VOLUME_SOURCES = (
    "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker"
    " gcePersistentDisk glusterfs hostPath iscsi local nfs photonPersistentDisk portworxVolume"
    " quobyte rbd scaleIO storageos vsphereVolume"
)
_CONTAINER = (
    "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources"
    " securityContext stdin stdinOnce terminationMessagePath terminationMessagePolicy tty"
    " volumeDevices volumeMounts workingDir"
)
_POD = (
    "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases"
    " hostIPC hostNetwork hostPID hostname imagePullSecrets nodeName nodeSelector overhead"
    " preemptionPolicy priority priorityClassName readinessGates restartPolicy runtimeClassName"
    " schedulerName securityContext serviceAccount serviceAccountName shareProcessNamespace"
    " subdomain terminationGracePeriodSeconds volumes"
)


def _spec(names: str, below: str = "spec") -> tuple[Path, ...]:
    return tuple(parse_path(f"{below}.{name}") for name in names.split())


_STATEFUL = _spec(
    "podManagementPolicy revisionHistoryLimit selector serviceName volumeClaimTemplates"
)
_IMMUTABLE: dict[tuple[str, str], tuple[Path, ...]] = {
    ("apps", "DaemonSet"): _spec("selector"),
    ("apps", "Deployment"): _spec("selector"),
    ("apps", "StatefulSet"): _STATEFUL,
    ("batch", "Job"): _spec("completions parallelism selector template"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): (("roleRef",),),
    ("rbac.authorization.k8s.io", "RoleBinding"): (("roleRef",),),
    ("storage.k8s.io", "StorageClass"): (("parameters",), ("provisioner",)),
    ("", "PersistentVolume"): _spec(_VOLUME_SOURCES),
    ("", "PersistentVolumeClaim"): _spec("accessModes selector storageClassName volumeName"),
    ("", "Pod"): (
        *_spec(_POD),
        *_spec(_CONTAINER, "spec.containers[*]"),
        *_spec(_CONTAINER, "spec.initContainers[*]"),
    ),
    ("", "ResourceQuota"): _spec("scopes"),
    ("", "Secret"): (("type",),),
    ("", "Service"): _spec("clusterIP"),
}
_IDENTITY: tuple[Path, ...] = (("metadata", "name"), ("metadata", "namespace"))
_SECRET_DATA: tuple[Path, ...] = (("type",), ("stringData",), ("data",))
_CONFIG_DATA: tuple[Path, ...] = (("binaryData",), ("data",))


def immutable_paths(
    group: str, kind: str, *, secrets_mutable: bool, config_maps_mutable: bool
) -> tuple[Path, ...]:
    """The paths of a kind whose change makes a new object."""
    if (group, kind) == ("", "Secret") and not secrets_mutable:
        return (*_IDENTITY, *_SECRET_DATA)
    if (group, kind) == ("", "ConfigMap") and not config_maps_mutable:
        return (*_IDENTITY, *_CONFIG_DATA)
    return (*_IDENTITY, *_IMMUTABLE.get((group, kind), ()))


def group_and_kind(token: str) -> tuple[str, str]:
    """API group ("" for core) and kind of a type token such as kubernetes:apps/v1:Deployment."""
    _, module, kind = token.split(":")
    group = module.partition("/")[0]
    return ("" if group == "core" else group), kind


def api_group(api_version: str) -> str:
    """The API group ("" for core) of an apiVersion."""
    group = api_version.partition("/")[0] if "/" in api_version else ""
    return "" if group == "core" else group
