"""A plan -> every object of the cluster, and the check that none has a form that must not be."""

from config.cluster import Cluster
from plan.model import Plan
from render.manifest import Manifest
from render.object_lint import lint_objects
from render.policy_lint import lint_policies
from render.tenant import render_tenant
from render.weave import SYSTEM_NAMESPACE, render_weave
from terms.problem import Problem


def render_manifests(plan: Plan) -> tuple[Manifest, ...]:
    """Every object of the cluster: Weave Net first, then the tenants in the order of their ids.

    Raises InexpressiblePortsError for a plan with ports that no policy can name.
    """
    tenants = sorted(plan.tenants, key=lambda tenant: (tenant.id, tenant.name))
    return (
        *render_weave(plan),
        *(manifest for tenant in tenants for manifest in render_tenant(plan, tenant)),
    )


def lint_manifests(
    manifests: tuple[Manifest, ...], cluster: Cluster | None = None
) -> tuple[Problem, ...]:
    """Every form in the objects that Weave Net or the API server would not hold to, sorted.

    Only with the cluster's record are its ranges and its system namespaces known.
    """
    ranges = (cluster.pods, cluster.services) if cluster else ()
    system = frozenset(cluster.system if cluster else (SYSTEM_NAMESPACE,))
    found = [*lint_objects(manifests, system), *lint_policies(manifests, ranges)]
    return tuple(sorted(found, key=lambda problem: problem.order))
