"""A tenant's limits -> admission policies: what the API server refuses in its namespaces, and why.

The expressions are CEL with the IP address library, so Kubernetes 1.31 and later.
"""

import json
from collections.abc import Iterable

from config.tenant import Tenant
from plan.model import TenantPlan
from render.balancer import pool_name
from render.manifest import (
    ADMISSION_BINDING,
    ADMISSION_POLICY,
    MANAGED_LABEL,
    MANAGER,
    TENANT_LABEL,
    Fields,
    Json,
    Manifest,
    Meta,
)

_ANNOTATIONS = "has(object.metadata.annotations) ? object.metadata.annotations : {}"
# Both prefixes: MetalLB still reads the old one.
_ADDRESS_KEYS = "['metallb.io/loadBalancerIPs', 'metallb.universe.tf/loadBalancerIPs']"
_POOL_KEYS = "['metallb.io/address-pool', 'metallb.universe.tf/address-pool']"
_NO_NODE_PORT = (
    "object.spec.type != 'NodePort'"
    " && (!has(object.spec.ports)"
    " || object.spec.ports.all(p, !has(p.nodePort) || p.nodePort == 0))"
)
_NO_ALLOCATION = (
    "!variables.balanced"
    " || (has(object.spec.allocateLoadBalancerNodePorts)"
    " && !object.spec.allocateLoadBalancerNodePorts)"
)
_LOCAL_TRAFFIC = (
    "!variables.balanced"
    " || (has(object.spec.externalTrafficPolicy) && object.spec.externalTrafficPolicy == 'Local')"
)
_NO_EXTERNAL_ADDRESS = "!has(object.spec.externalIPs) || object.spec.externalIPs.size() == 0"
_ADDRESS_WRITTEN = (
    "!variables.balanced || has(object.spec.loadBalancerIP)"
    f" || {_ADDRESS_KEYS}.exists(k, k in variables.annotations)"
)
_OWN_FIELD = (
    "!has(object.spec.loadBalancerIP)"
    " || (isIP(object.spec.loadBalancerIP)"
    " && variables.share.exists(s, cidr(s).containsIP(object.spec.loadBalancerIP)))"
)
_OWN_ANNOTATION = (
    f"{_ADDRESS_KEYS}.all(k, !(k in variables.annotations)"
    " || variables.annotations[k].split(',').all(a, isIP(a.trim())"
    " && variables.share.exists(s, cidr(s).containsIP(a.trim()))))"
)
_OWN_POOL = (
    f"{_POOL_KEYS}.all(k, !(k in variables.annotations)"
    " || variables.annotations[k] == variables.pool)"
)
_OWN_HOSTS = (
    "has(object.spec.rules)"
    " && object.spec.rules.all(r, has(r.host) && r.host in variables.hostnames)"
)
_OWN_CERTIFICATES = (
    "!has(object.spec.tls)"
    " || object.spec.tls.all(t, !has(t.hosts) || t.hosts.all(h, h in variables.hostnames))"
)


def render_admission(tenant: TenantPlan, record: Tenant) -> tuple[Manifest, ...]:
    """What Services and Ingresses of the tenant may say; each policy with its binding."""
    services = _render_policy(tenant.name, "services", ("", "services"), _service_rules(tenant))
    hosts = sorted({host for service in record.services.values() for host in service.hostnames})
    ingresses = _render_policy(
        tenant.name, "ingresses", ("networking.k8s.io", "ingresses"), _ingress_rules(hosts)
    )
    return (*services, *ingresses)


def _service_rules(tenant: TenantPlan) -> Fields:
    share = [str(prefix) for prefix in sorted(tenant.pool_addresses)]
    own = f"the load-balancer addresses of tenant {tenant.name} are {_listed(share)}"
    return {
        "variables": [
            _variable("annotations", _ANNOTATIONS),
            _variable("balanced", "object.spec.type == 'LoadBalancer'"),
            _variable("share", json.dumps(share)),
            _variable("pool", json.dumps(pool_name(tenant.name))),
        ],
        "validations": [
            _validation(_NO_NODE_PORT, "a NodePort opens a port on every node to everyone"),
            _validation(_NO_ALLOCATION, "set allocateLoadBalancerNodePorts: false"),
            _validation(_LOCAL_TRAFFIC, "set externalTrafficPolicy: Local"),
            _validation(_NO_EXTERNAL_ADDRESS, "externalIPs would catch the traffic of others"),
            _validation(_ADDRESS_WRITTEN, f"name the address that you want: {own}"),
            _validation(_OWN_FIELD, own),
            _validation(_OWN_ANNOTATION, own),
            _validation(_OWN_POOL, f"the pool of tenant {tenant.name} is {pool_name(tenant.name)}"),
        ],
    }


def _ingress_rules(hosts: list[str]) -> Fields:
    own = f"the host names here are {_listed(hosts)}"
    return {
        "variables": [_variable("hostnames", json.dumps(hosts))],
        "validations": [
            # It would answer for every host name that nobody else has.
            _validation("!has(object.spec.defaultBackend)", "name the hosts instead of a default"),
            _validation(_OWN_HOSTS, own),
            _validation(_OWN_CERTIFICATES, own),
        ],
    }


def _listed(values: Iterable[str]) -> str:
    return ", ".join(values) or "none"


def _variable(name: str, expression: str) -> Json:
    return {"name": name, "expression": expression}


def _validation(expression: str, message: str) -> Json:
    return {"expression": expression, "message": message}


def _render_policy(
    tenant: str, topic: str, resource: tuple[str, str], rules: Fields
) -> tuple[Manifest, Manifest]:
    group, plural = resource
    meta = Meta(f"la1r-{tenant}-{topic}", labels={MANAGED_LABEL: MANAGER})
    constraint: Json = {
        "apiGroups": [group],
        "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": [plural],
    }
    policy: Fields = {
        # A policy that cannot be evaluated refuses: the other way, a mistake would open the door.
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": [constraint]},
        **rules,
    }
    binding: Fields = {
        "policyName": meta.name,
        "validationActions": ["Deny"],
        "matchResources": {"namespaceSelector": {"matchLabels": {TENANT_LABEL: tenant}}},
    }
    return (
        Manifest(ADMISSION_POLICY, meta, tenant, {"spec": policy}),
        Manifest(ADMISSION_BINDING, meta, tenant, {"spec": binding}),
    )
