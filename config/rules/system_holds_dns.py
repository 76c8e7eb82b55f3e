"""The namespace of the cluster's DNS is one of the system's."""

from config.network import Network
from terms.problem import Problem

# CoreDNS runs there (kubernetes.io: DNS for Services and Pods).
DNS_NAMESPACE = "kube-system"


def check(network: Network) -> list[Problem]:
    """Refuse a list of system namespaces without that of the cluster's DNS."""
    if network.cluster is None or DNS_NAMESPACE in network.cluster.system:
        return []
    return [
        Problem(
            "E-CLU-12",
            "la1r:cluster.system",
            f"{DNS_NAMESPACE} is not in the list",
            "the cluster's DNS runs there, and no pod could ask it for a name",
            f"write {DNS_NAMESPACE} into the list, too",
        )
    ]
