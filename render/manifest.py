"""Kubernetes objects as plain data: what reach evaluates is what the components declare."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | bool | None"
Fields: TypeAlias = Mapping[str, Json]

# The label that says whose a namespace is. Tenants cannot write namespaces, so it can be trusted.
TENANT_LABEL = "la1r.com/tenant"
# Set on every namespace by the API server; it never changes and no pod carries it.
NAMESPACE_LABEL = "kubernetes.io/metadata.name"
MANAGED_LABEL = "app.kubernetes.io/managed-by"
MANAGER = "la1r"
# Why an object exists, for whoever meets it in the cluster.
WHY_ANNOTATION = "la1r.com/why"
FLOWS_ANNOTATION = "la1r.com/flows"
# Which password the pods of Weave Net's routers have: they read it when they start, and not again.
PASSWORD_ANNOTATION = "la1r.com/password"  # noqa: S105 - a name, not the value


class Kind(Struct, frozen=True):
    """An API version with a kind of object in it."""

    api_version: str
    name: str

    @property
    def token(self) -> str:
        """The resource type under which Pulumi's Kubernetes provider knows it."""
        module = self.api_version if "/" in self.api_version else f"core/{self.api_version}"
        return f"kubernetes:{module}:{self.name}"


_RBAC = "rbac.authorization.k8s.io/v1"
_ADMISSION = "admissionregistration.k8s.io/v1"
_METALLB = "metallb.io/v1beta1"

NAMESPACE = Kind("v1", "Namespace")
SERVICE = Kind("v1", "Service")
SERVICE_ACCOUNT = Kind("v1", "ServiceAccount")
SECRET = Kind("v1", "Secret")
CONFIG_MAP = Kind("v1", "ConfigMap")
RESOURCE_QUOTA = Kind("v1", "ResourceQuota")
LIMIT_RANGE = Kind("v1", "LimitRange")
DAEMON_SET = Kind("apps/v1", "DaemonSet")
NETWORK_POLICY = Kind("networking.k8s.io/v1", "NetworkPolicy")
ROLE = Kind(_RBAC, "Role")
ROLE_BINDING = Kind(_RBAC, "RoleBinding")
CLUSTER_ROLE = Kind(_RBAC, "ClusterRole")
CLUSTER_ROLE_BINDING = Kind(_RBAC, "ClusterRoleBinding")
ADMISSION_POLICY = Kind(_ADMISSION, "ValidatingAdmissionPolicy")
ADMISSION_BINDING = Kind(_ADMISSION, "ValidatingAdmissionPolicyBinding")
ADDRESS_POOL = Kind(_METALLB, "IPAddressPool")
L2_ADVERTISEMENT = Kind(_METALLB, "L2Advertisement")


class Meta(Struct, frozen=True):
    """What an object is called, where it stands, and what is written on it."""

    name: str
    namespace: str | None = None
    labels: Mapping[str, str] | None = None
    annotations: Mapping[str, str] | None = None

    @property
    def fields(self) -> Fields:
        """The `metadata` of the object, without what is empty."""
        found: dict[str, Json] = {"name": self.name}
        if self.namespace is not None:
            found["namespace"] = self.namespace
        if self.labels:
            found["labels"] = self.labels
        if self.annotations:
            found["annotations"] = self.annotations
        return found


class Manifest(Struct, frozen=True):
    """One object; `tenant` is whose it is, None for the cluster's own."""

    type: Kind
    meta: Meta
    tenant: str | None
    # Everything beside apiVersion, kind and metadata.
    content: Fields

    @property
    def api_version(self) -> str:
        """As in the object itself."""
        return self.type.api_version

    @property
    def kind(self) -> str:
        """As in the object itself."""
        return self.type.name

    @property
    def name(self) -> str:
        """Name of the object; fixed, since people look it up."""
        return self.meta.name

    @property
    def namespace(self) -> str | None:
        """Namespace of the object; None where its kind has none."""
        return self.meta.namespace

    @property
    def logical_name(self) -> str:
        """Name within its component; no part can hold a slash, so no two are equal."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def path(self) -> str:
        """How a problem names the object."""
        return f"kubernetes/{self.kind}/{self.logical_name}"

    @property
    def body(self) -> Fields:
        """The whole object, as it is sent to the API server."""
        identity: dict[str, Json] = {"apiVersion": self.api_version, "kind": self.kind}
        return {**identity, "metadata": self.meta.fields, **self.content}

    def at(self, *keys: str) -> Json:
        """The value under these keys of the object; None where there is none."""
        found: Json = self.body
        for key in keys:
            found = as_fields(found).get(key)
        return found


def as_fields(value: Json) -> Fields:
    """The value as a mapping; empty where it is none."""
    return value if isinstance(value, Mapping) else {}


def as_items(value: Json) -> Sequence[Json]:
    """The value as a list; empty where it is none."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def as_texts(value: Json) -> tuple[str, ...]:
    """The texts in a list; empty where it is none."""
    return tuple(item for item in as_items(value) if isinstance(item, str))
