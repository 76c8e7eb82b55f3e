"""A tenant's plan -> its namespaces with everything that limits them, and its way in."""

from config.tenant import Quota, Tenant
from plan.model import Plan, TenantPlan
from render.admission import render_admission
from render.balancer import render_pool, render_services
from render.manifest import (
    LIMIT_RANGE,
    MANAGED_LABEL,
    MANAGER,
    NAMESPACE,
    RESOURCE_QUOTA,
    ROLE,
    ROLE_BINDING,
    SERVICE_ACCOUNT,
    TENANT_LABEL,
    Fields,
    Json,
    Kind,
    Manifest,
    Meta,
)
from render.policies import render_policy
from terms.quantity import read_quantity

# Names of the objects that every tenant's namespace has.
QUOTA_NAME = "tenant"
LIMITS_NAME = "tenant"
ROLE_NAME = "tenant"
ACCOUNT_NAME = "tenant-owner"
# Takes effect where the API server runs the admission plugin PodNodeSelector.
NODE_SELECTOR_ANNOTATION = "scheduler.alpha.kubernetes.io/node-selector"

# What a container gets that asks for nothing; a quota on CPU and memory makes limits compulsory.
_DEFAULT_LIMIT = {"cpu": "500m", "memory": "256Mi"}
_DEFAULT_REQUEST = {"cpu": "50m", "memory": "64Mi"}

_RBAC_GROUP = "rbac.authorization.k8s.io"
_READ = ("get", "list", "watch")
_WRITE = (*_READ, "create", "update", "patch", "delete", "deletecollection")
# What a tenant may do in its namespaces. Absent on purpose, beside what limits the tenant itself:
# endpoints and slices (they would point a Service at another tenant's pods), proxy subresources
# (their traffic comes from the API server and passes every policy), roles, tokens.
_GRANTS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "",
        (
            "configmaps",
            "persistentvolumeclaims",
            "pods",
            "replicationcontrollers",
            "secrets",
            "serviceaccounts",
            "services",
        ),
        _WRITE,
    ),
    ("", ("pods/attach", "pods/exec", "pods/portforward"), ("create",)),
    ("", ("pods/eviction",), ("create",)),
    (
        "",
        (
            "endpoints",
            "events",
            "limitranges",
            "namespaces",
            "pods/log",
            "pods/status",
            "resourcequotas",
        ),
        _READ,
    ),
    (
        "apps",
        (
            "daemonsets",
            "deployments",
            "deployments/scale",
            "replicasets",
            "replicasets/scale",
            "statefulsets",
            "statefulsets/scale",
        ),
        _WRITE,
    ),
    ("autoscaling", ("horizontalpodautoscalers",), _WRITE),
    ("batch", ("cronjobs", "jobs"), _WRITE),
    ("discovery.k8s.io", ("endpointslices",), _READ),
    ("networking.k8s.io", ("ingresses",), _WRITE),
    ("networking.k8s.io", ("networkpolicies",), _READ),
    ("policy", ("poddisruptionbudgets",), _WRITE),
)


def render_tenant(plan: Plan, tenant: TenantPlan) -> tuple[Manifest, ...]:
    """Every object of one tenant, in the order in which they are needed; stable by names.

    Raises InexpressiblePortsError for a plan with ports that no policy can name.
    """
    if not tenant.namespaces:
        return ()
    record = plan.network.tenants[tenant.name]
    policies = sorted(tenant.policies, key=lambda policy: (policy.namespace, policy.name))
    return (
        *(_render_namespace(tenant, record, name) for name in tenant.namespaces),
        *render_admission(tenant, record),
        *(render_policy(tenant.name, policy) for policy in policies),
        *(_in(tenant, name, *_limits(record.quota)) for name in tenant.namespaces),
        *(_in(tenant, name, *_quota(record.quota)) for name in tenant.namespaces),
        _in(tenant, tenant.namespaces[0], SERVICE_ACCOUNT, ACCOUNT_NAME, _ACCOUNT),
        *(_in(tenant, name, ROLE, ROLE_NAME, _role()) for name in tenant.namespaces),
        *(
            _in(tenant, name, ROLE_BINDING, ROLE_NAME, _binding(tenant, record))
            for name in tenant.namespaces
        ),
        *render_pool(tenant),
        *render_services(tenant.name, record),
    )


def _in(tenant: TenantPlan, namespace: str, kind: Kind, name: str, content: Fields) -> Manifest:
    return Manifest(kind, Meta(name, namespace, {MANAGED_LABEL: MANAGER}), tenant.name, content)


def _render_namespace(tenant: TenantPlan, record: Tenant, name: str) -> Manifest:
    level = tenant.pod_security.value
    labels = {TENANT_LABEL: tenant.name, MANAGED_LABEL: MANAGER}
    for mode in ("enforce", "audit", "warn"):
        labels[f"pod-security.kubernetes.io/{mode}"] = level
        # The level means what the API server's own release says.
        labels[f"pod-security.kubernetes.io/{mode}-version"] = "latest"
    nodes = ",".join(f"{key}={value}" for key, value in sorted(record.node_selector.items()))
    annotations = {NODE_SELECTOR_ANNOTATION: nodes} if nodes else None
    return Manifest(NAMESPACE, Meta(name, None, labels, annotations), tenant.name, {})


def _quota(quota: Quota) -> tuple[Kind, str, Fields]:
    hard: Fields = {
        "limits.cpu": quota.cpu,
        "limits.memory": quota.memory,
        "requests.storage": quota.storage,
        "pods": str(quota.pods),
        "services": str(quota.services),
        "services.loadbalancers": str(quota.load_balancers),
        # A node port is open to everyone who reaches a node.
        "services.nodeports": "0",
    }
    return RESOURCE_QUOTA, QUOTA_NAME, {"spec": {"hard": hard}}


def _limits(quota: Quota) -> tuple[Kind, str, Fields]:
    most = {"cpu": quota.cpu, "memory": quota.memory}
    limit: Json = {
        "type": "Container",
        "default": _at_most(_DEFAULT_LIMIT, most),
        "defaultRequest": _at_most(_DEFAULT_REQUEST, most),
    }
    return LIMIT_RANGE, LIMITS_NAME, {"spec": {"limits": [limit]}}


def _at_most(default: dict[str, str], most: dict[str, str]) -> Fields:
    """The defaults, or the quota where that is less: else not one pod could start."""
    return {key: min(default[key], most[key], key=read_quantity) for key in default}


_ACCOUNT: Fields = {
    # It is a person's way in; a pod that runs under it needs no token for the API.
    "automountServiceAccountToken": False,
}


def _role() -> Fields:
    rules = [
        {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}
        for group, resources, verbs in _GRANTS
    ]
    return {"rules": rules}


def _binding(tenant: TenantPlan, record: Tenant) -> Fields:
    people = [
        {"kind": "User", "name": owner, "apiGroup": _RBAC_GROUP} for owner in sorted(record.owners)
    ]
    account = {
        "kind": "ServiceAccount",
        "name": ACCOUNT_NAME,
        "namespace": tenant.namespaces[0],
    }
    return {
        "roleRef": {"apiGroup": _RBAC_GROUP, "kind": "Role", "name": ROLE_NAME},
        "subjects": [*people, account],
    }
