"""A namespace belongs to one tenant, and those of the system to none."""

from collections.abc import Iterator

from config.network import Network
from terms.problem import Problem

# Kubernetes makes these itself and writes to them (kubernetes.io: Namespaces, initial namespaces).
KUBERNETES_OWN = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})


def check(network: Network) -> list[Problem]:
    """Refuse namespaces owned twice, owned though of the system, or owned without a cluster."""
    first: dict[str, str] = {}
    found: list[Problem] = []
    for tenant_name, tenant in network.tenants.items():
        for index, name in enumerate(tenant.namespaces):
            path = f"la1r:tenants.{tenant_name}.namespaces[{index}]"
            found.extend(_check_system(network, name, path))
            other = first.setdefault(name, path)
            if other != path:
                found.append(
                    Problem(
                        "E-TEN-02",
                        path,
                        f"the namespace {name} of {tenant_name} is already owned at {other}",
                        "both owners would set its limits and policies",
                        "leave it to one of them, or use two namespaces",
                    )
                )
    return found


def _check_system(network: Network, name: str, path: str) -> Iterator[Problem]:
    system = network.cluster.system if network.cluster else ()
    if name in system or name in KUBERNETES_OWN:
        where = "la1r:cluster.system" if name in system else "Kubernetes itself"
        yield Problem(
            "E-TEN-03",
            path,
            f"the namespace {name} is one of the system's: it is named by {where}",
            "limits and policies of a tenant could stop the cluster itself",
            f"take {name} from the tenant's namespaces",
        )
    elif network.cluster is None:
        yield Problem(
            "E-TEN-04",
            path,
            f"the namespace {name} is declared, and there is no cluster",
            "there is nowhere to make it",
            "describe la1r:cluster, or leave the namespaces out",
        )
